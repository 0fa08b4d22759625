"""This package's grading in nbgrader's own commands."""

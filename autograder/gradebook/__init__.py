"""Marks: what is recorded of a verdict, what lateness costs, what is exported, and what is forgotten."""

"""nbgrader's configuration: `nbgrader autograde`, Formgrader and feedback use this course's own grader."""

from autograder.course import Course
from autograder.nbgrader_steps import configure

configure(get_config(), Course.here())  # noqa: F821 (nbgrader defines get_config)

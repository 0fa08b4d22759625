"""nbgrader's configuration: nbgrader's commands, Formgrader and `autograder` itself all read this file.

Marks are kept in course/gradebook.db, an SQLite file. For PostgreSQL (`pip install "psycopg[binary]"`), say here

    c.CourseDirectory.db_url = "postgresql://grader@db.example.org/neural_networks"

with the password in ~/.pgpass rather than here, and one database for each class. Late submissions lose nothing, unless
a policy of nbgrader's or one of your own is chosen:

    c.LateSubmissionPlugin.penalty_method = "zero"

`nbgrader collect` takes a student's last attempt before the deadline, personal extensions included, and where there is
none the last attempt. To take the last one in any case:

    c.ExchangeCollect.before_duedate = False
"""

from autograder.course.course import Course
from autograder.course.settings import configure

c = get_config()  # noqa: F821 (nbgrader defines get_config)
configure(c, Course.here())

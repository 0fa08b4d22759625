"""nbgrader's own reading of submitted folders, where it would follow links, wait for pipes and stop at bad dates."""

from datetime import datetime
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory

from autograder.course import plain_files
from autograder.course.receipt import TIMESTAMP
from autograder.gradebook.late import moment


class Folders(CourseDirectory):
    """The same folders, in which timestamp.txt is read as what it is: any file that a student made."""

    @classmethod
    def of(cls, directory: CourseDirectory) -> "Folders":
        """Those of a course directory of nbgrader's, as it is set now."""
        names = directory.trait_names(config=True)
        return cls(parent=directory.parent, **{name: getattr(directory, name) for name in names})

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        text = plain_files.read(Path(dest_path) / TIMESTAMP, 100) or b""
        return moment(text.decode(errors="replace").strip())


class _NothingCopied(BaseConverter):
    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """In nbgrader's, this copies every file that was handed in to where Formgrader serves it."""


class AutogradeUnopened(Autograde, _NothingCopied):
    """`nbgrader autograde` but for that: of a submission it opens and copies nothing, which is for our steps to do."""

"""Where a course keeps its files: the source notebooks, and the running class beside them."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config


@dataclass(frozen=True)
class Course:
    """`root` holds assignments/; `directory` is a class: release, submitted, autograded, feedback, gradebook."""

    root: Path
    directory: Path

    @classmethod
    def here(cls, directory: str | None = None) -> "Course":
        """The course of the working directory; the class is `directory`, else $AUTOGRADER_COURSE, else course/."""
        root = Path.cwd()
        return cls(root, (root / (directory or os.environ.get("AUTOGRADER_COURSE") or "course")).absolute())

    @property
    def sources(self) -> Path:
        return self.root / "assignments"

    def source(self, assignment: str) -> Path:
        """The source notebook of an assignment (one notebook an assignment, of the same name)."""
        return self.sources / assignment / f"{assignment}.ipynb"

    def submission(self, assignment: str, student: str) -> Path:
        return self.directory / "submitted" / student / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        return self.directory / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback(self, assignment: str, student: str) -> Path:
        return self.directory / "feedback" / student / assignment / f"{assignment}.html"

    def verdict(self, assignment: str, student: str) -> Path:
        return self.directory / "verdicts" / assignment / f"{student}.json"

    def students(self, assignment: str) -> list[str]:
        """Those who handed in this assignment, sorted."""
        return sorted(
            path.parent.name for path in (self.directory / "submitted").glob(f"*/{assignment}") if path.is_dir()
        )

    @property
    def gradebook(self) -> Path:
        return self.directory / "gradebook.db"

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.gradebook}"

    def secret(self) -> bytes:
        """The class's secret, from which hidden data is drawn; made on first use, readable by its owner only."""
        path = self.directory / "secret"
        if not path.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
        return path.read_bytes()

    def seed(self, assignment: str, submission: str) -> bytes:
        """The seed of the hidden data for one submission, given by its hash."""
        return hmac.digest(self.secret(), f"{assignment} {submission}".encode(), hashlib.sha256)

    def configure(self, config: Config) -> Config:
        """Point nbgrader at this course's directories."""
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.source_directory = str(self.sources)
        config.CourseDirectory.release_directory = str(self.directory / "release")
        config.CourseDirectory.submitted_directory = str(self.directory / "submitted")
        config.CourseDirectory.autograded_directory = str(self.directory / "autograded")
        config.CourseDirectory.feedback_directory = str(self.directory / "feedback")
        config.CourseDirectory.db_url = self.db_url
        return config


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> Path:
    """Write a file so that a reader, or a crash, sees the old one or the new one and never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    return path

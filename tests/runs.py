"""What a run of grading leaves behind, what a page of it says, and a class as it was before the run."""

import html
import re
import shutil
from pathlib import Path

from autograder.course.course import Course
from autograder.gradebook import record


def state(course: Course, assignment: str) -> dict:
    """Everything that grading leaves: marks, comments, verdicts, notebooks; but for half a file, which nobody reads."""
    files = {
        path.relative_to(course.directory): path.read_bytes()
        for name in ("verdicts", "autograded")
        for path in sorted((course.directory / name).rglob("[!.]*"))
        if path.is_file()
    }
    return {"marks": record.marks(course.db_url, assignment), **files}


def ungraded(graded: Course, root: Path) -> Course:
    """A copy, in `root`, of a class that was graded once, as it was before that: same files, same secret."""
    shutil.copytree(graded.root, root)
    course = Course(root, root / "course")
    for name in ("verdicts", "autograded", "backups"):
        shutil.rmtree(course.directory / name)
    shutil.copyfile(next((graded.directory / "backups").iterdir()), course.gradebook)
    return course


def words(text: str) -> str:
    """What a reader of a page sees: its text without style sheet and tags."""
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", text)))

"""Our grading inside nbgrader's own commands: what `nbgrader autograde`, Formgrader's buttons and feedback then run.

nbgrader calls these classes in place of its Execute, SaveAutoGrades and HTML feedback, and one more where it generates
what students get; each hands on to the functions that `autograder grade` and `autograder release` call, so that both
routes give the same marks, comments, verdicts, pages and files.
"""

from datetime import date
from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import default
from traitlets.config import Configurable

from autograder import pipeline
from autograder.authoring.release import beside
from autograder.course import lock, receipt, verdicts
from autograder.course.course import Course
from autograder.course.handed_in import refusal
from autograder.course.settings import configure as configure
from autograder.gradebook import record
from autograder.nbgrader_steps.folders import AutogradeUnopened, Folders
from autograder.terminal import SPELLED

_backed_up: dict[str, date] = {}  # when each database was backed up last: a Jupyter server runs for weeks


def configured(step: Configurable) -> Course:
    """The course that `configure` was called with, out of nbgrader's configuration."""
    ours = step.config.AutograderCourse
    return Course(Path(ours.root), Path(ours.directory), step.config)


class SubmissionExporter(NotebookExporter):
    """Leaves opening the submitted file to `JudgeStep`, for nbgrader gives up on what it cannot open itself.

    Making it is the one hook that runs before nbgrader looks at a submission: there the converter's class and its
    folders are replaced by ours.
    """

    def __init__(self, parent: Autograde, **kw):
        super().__init__(parent=parent, **kw)
        parent.__class__, parent.coursedir = AutogradeUnopened, Folders.of(parent.coursedir)
        self.log.addFilter(SPELLED)  # in a Jupyter server it is the server's log
        self._leave_out(getattr(parent, "assignments", {}))

    def _leave_out(self, found: dict) -> None:
        """Take away the folders whose names no gradebook should get: none has been put into it yet."""
        for folder in sorted(found):
            if why := refusal(configured(self), Path(folder).parent.name):
                self.log.error("Left out: %s", why)
                del found[folder]
                if not found:
                    raise NbGraderException(why)

    def from_filename(self, filename: str, resources: dict | None = None, **kw):
        """nbgrader calls this twice: with the submitted file, then with the autograded notebook, which is ours."""
        if Path(filename).is_relative_to(configured(self).directory / "autograded"):
            return super().from_filename(filename, resources=resources, **kw)
        return self.from_notebook_node(new_notebook(), resources=resources, **kw)


class JudgeStep(NbGraderPreprocessor):
    """Reads, rebuilds, runs and examines a submission, and gives the notebook that can be shown."""

    def preprocess(self, nb, resources):
        course, names = configured(self), resources["nbgrader"]
        judged = pipeline.judged_here(course, names["assignment"], names["student"])
        resources["verdict"] = judged.verdict
        return nbformat.reads(judged.notebook, as_version=4), resources


class RecordStep(NbGraderPreprocessor):
    """Saves the verdict, then its marks and comments; the time that counts is the class's own note."""

    def preprocess(self, nb, resources):
        course, verdict = configured(self), resources["verdict"]
        with lock.held(course, wait=lock.PATIENCE):
            if _backed_up.get(course.db_url) != date.today():
                record.backup(course)
                _backed_up[course.db_url] = date.today()
            verdicts.save(course, verdict)
            with record.open_gradebook(course.db_url) as gradebook:
                pipeline.settle(course, gradebook, verdict)
        return nb, resources


class PracticeStep(NbGraderPreprocessor):
    """Has nbgrader write what test cells ask at home beside the notebook that it generates for students."""

    def preprocess(self, nb, resources):
        found = beside(configured(self), resources["nbgrader"]["assignment"])
        resources["outputs"] = {**resources.get("outputs", {}), **found}
        return nb, resources


class FeedbackExporter(Exporter):
    """`nbgrader generate_feedback` and Formgrader's button write our page in place of nbgrader's."""

    output_mimetype = "text/html"

    def __init__(self, parent: GenerateFeedback, **kw):
        super().__init__(parent=parent, **kw)
        parent.coursedir = Folders.of(parent.coursedir)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_filename(self, filename: str, resources: dict | None = None, **kw):
        names = resources["nbgrader"]
        course, assignment, student = configured(self), names["assignment"], names["student"]
        page = pipeline.feedback_page(course, assignment, student)
        receipt.hand_on(course, assignment, student)
        return page, self._init_resources(resources)


class WarningExport(CsvExportPlugin):
    """`nbgrader export` as it is, and a warning: nbgrader counts as 0 what has no mark yet."""

    def export(self, gradebook):
        super().export(gradebook)
        wanted = set(map(str, self.assignment))
        names = [each.name for each in gradebook.assignments if not wanted or each.name in wanted]
        open_marks = [mark for name in names for mark in record.marks_in(gradebook, name) if mark.score is None]
        if open_marks:
            self.log.warning(
                "%d marks of %d students are undecided or not read yet, and count as 0 here: `autograder export %s` "
                "leaves them empty and says why",
                len(open_marks),
                len({mark.student for mark in open_marks}),
                " ".join(names),
            )

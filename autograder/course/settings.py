"""nbgrader's configuration of a course: what its nbgrader_config.py says, and this package's grading in it.

Cheap to import and to run: nbgrader_config.py is read by every command, and its classes are named, not imported.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Protocol

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.terminal import SPELLED

FILE = "nbgrader_config.py"
STEPS = "autograder.nbgrader_steps.steps"
# nbgrader's, which name students' files
LOGS = ("AutogradeApp", "CollectApp", "ZipCollectApp", "GenerateFeedbackApp", "ReleaseFeedbackApp")


class Places(Protocol):
    """What is asked of a `course.Course` here."""

    root: Path
    directory: Path

    def configure(self, config: Config) -> Config: ...


class SettingsError(Exception):
    """nbgrader_config.py cannot be run; the text is one sentence."""


def path_to_alembic() -> None:
    """Put this interpreter's programs first on PATH: nbgrader starts `alembic` from there to make a gradebook."""
    programs = str(Path(sys.executable).parent)
    if os.environ.get("PATH", "").split(os.pathsep)[0] != programs:
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])


def configure(config: Config, course: Places) -> Config:
    """Make nbgrader grade `course` with this package: its directories, its steps, its feedback page.

    A db_url that stands in `config` already stays.
    """
    path_to_alembic()
    for name in LOGS:
        logging.getLogger(name).addFilter(SPELLED)
    course.configure(config)
    config.AutograderCourse.root = str(course.root)
    config.AutograderCourse.directory = str(course.directory)
    config.Autograde.exporter_class = f"{STEPS}.SubmissionExporter"
    # all in nbgrader's first pass: nothing that was not judged and cleaned is ever written where Formgrader looks
    config.Autograde.sanitize_preprocessors = [f"{STEPS}.JudgeStep", f"{STEPS}.RecordStep"]
    # late penalties are RecordStep's: the same function on both routes
    config.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.CheckCellMetadata"]
    config.GenerateAssignment.preprocessors.append(f"{STEPS}.PracticeStep")
    config.GenerateFeedback.exporter_class = f"{STEPS}.FeedbackExporter"
    config.ExportApp.plugin_class = f"{STEPS}.WarningExport"
    config.ExchangeFactory.collect = "autograder.nbgrader_steps.collect.CollectInTime"
    return config


def settings(course: Places) -> Config:
    """nbgrader's configuration of `course`, as its nbgrader_config.py gives it to nbgrader itself.

    The file's db_url is the gradebook of the class that the file configures; any other class, the demo's for one, keeps
    its own in SQLite. Raises SettingsError when the file cannot be run.
    """
    config = _read(course.root) if (course.root / FILE).is_file() else Config()
    named = config.AutograderCourse.get("directory")
    if named == str(course.directory):
        return config
    if named:
        config.CourseDirectory.pop("db_url", None)
    return configure(config, course)


def _read(root: Path) -> Config:
    if str(root) not in sys.path:
        sys.path.append(str(root))  # where nbgrader finds a course's own plugins
    try:
        return PyFileConfigLoader(FILE, path=str(root)).load_config()
    except Exception as error:  # the file is a program: it can raise anything
        raise SettingsError(f"{root / FILE} cannot be run: {type(error).__name__}: {error}") from error

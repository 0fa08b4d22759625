"""nbgrader's `collect`: which of a student's attempts counts, and when it was handed in, noted where no student writes.

nbgrader alone knows nothing of personal extensions, follows links out of the exchange, and believes each attempt's own
word for its time: a student's process names the folder there and writes the timestamp.txt in it.
"""

import glob
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect
from traitlets import Bool

from autograder.course import plain_files
from autograder.course.handed_in import LARGEST_FILE
from autograder.course.receipt import TIMESTAMP
from autograder.gradebook.late import HandedIn, moment, note, show
from autograder.gradebook.record import deadlines
from autograder.nbgrader_steps.folders import Folders
from autograder.nbgrader_steps.steps import configured

BELIEVED = timedelta(minutes=5)  # between `nbgrader submit` taking the time and the last file being there


class CollectInTime(ExchangeCollect):
    """Collects a student's last attempt before the deadline, put off by their extension; where none is, the last."""

    before_duedate = Bool(True, help="Whether being in time matters; False collects the last attempt.").tag(config=True)

    def init_src(self):
        self.coursedir = Folders.of(self.coursedir)
        super().init_src()  # by the deadline that all have
        if not self.before_duedate:
            return
        due, extensions = deadlines(self.coursedir.db_url, self.coursedir.assignment_id)
        self.src_records = [
            self._counting(attempt["username"], due + extensions[attempt["username"]])
            if due and attempt["username"] in extensions
            else attempt
            for attempt in self.src_records
        ]

    def _counting(self, student: str, due: datetime) -> dict:
        pattern = f"{glob.escape(student)}+{glob.escape(self.coursedir.assignment_id)}+*"
        attempts = self._sort_by_timestamp(map(self._path_to_record, map(str, Path(self.inbound_path).glob(pattern))))
        return next((attempt for attempt in attempts if attempt["timestamp"] <= due), attempts[0])

    def _path_to_record(self, path: str) -> dict:
        """What nbgrader sorts attempts by, with the time that can be believed."""
        name = Path(path).name
        return {"username": name.rsplit("+", 3)[0], "filename": name, "timestamp": when(Path(path)).when}

    def do_copy(self, src, dest, log=None):
        """Copies plain files alone: a link could hand in whatever the collecting account can read, solutions too."""
        self._note(Path(src))  # before, too: should copying fail, this is no longer the attempt before
        with tempfile.TemporaryDirectory() as folder:
            for name in plain_files.copy(Path(src), Path(folder), LARGEST_FILE):
                self.log.warning("Left out %r of %s: a link, a folder, or too large", name, src)
            super().do_copy(folder, dest, log)
        show(Path(dest) / TIMESTAMP, self._note(Path(src)).when)

    def _note(self, attempt: Path) -> HandedIn:
        found, student = when(attempt), attempt.name.rsplit("+", 3)[0]
        if found.source != BY_EXCHANGE:
            self.log.warning("%r counts as handed in at %s: %s", attempt.name, f"{found.when:%F %T} UTC", found.source)
        note(configured(self), self.coursedir.assignment_id, student, found.when, found.source)
        return found


BY_EXCHANGE = "by nbgrader's exchange"
CHANGED = "by the last change to its files in the exchange, for the folder's name there says otherwise"
LINKED = "by its collection, for the folder's name there is all that the exchange has: in it are links"


def when(attempt: Path) -> HandedIn:
    """When an attempt in the exchange was handed in, as far as its student cannot choose that.

    The folder's name is the student's, and so is every date on its files but the kernel's own, of their last change:
    with that the name must agree. What a link points to can change at any time.
    """
    named, changed = moment(attempt.name.rsplit("+", 3)[2]), _last_change(attempt)
    if changed is None:
        return HandedIn(datetime.now(UTC).replace(tzinfo=None), LINKED)
    believed = named is not None and abs(changed - named) <= BELIEVED
    return HandedIn(named, BY_EXCHANGE) if believed else HandedIn(changed, CHANGED)


def _last_change(attempt: Path) -> datetime | None:
    """The kernel's time (UTC) of the last change to a folder or anything in it; None where it cannot be told."""
    try:
        found = [path.lstat() for path in (attempt, *([] if attempt.is_symlink() else attempt.rglob("*")))]
    except OSError:  # it is being changed now
        return None
    if any(stat.S_ISLNK(each.st_mode) for each in found):
        return None
    return datetime.fromtimestamp(max(each.st_ctime for each in found), UTC).replace(tzinfo=None)

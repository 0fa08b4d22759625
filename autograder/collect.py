"""nbgrader's `collect`, which alone knows nothing of personal extensions and follows links out of the exchange."""

import glob
import tempfile
from datetime import datetime
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect
from traitlets import Bool

from autograder import plain
from autograder.handed_in import LARGEST_FILE
from autograder.nbgrader_folders import Folders
from autograder.record import deadlines


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

    def do_copy(self, src, dest, log=None):
        """Copies plain files alone: a link could hand in whatever the collecting account can read, solutions too."""
        with tempfile.TemporaryDirectory() as folder:
            for name in plain.copy(Path(src), Path(folder), LARGEST_FILE):
                self.log.warning("Left out %r of %s: a link, a folder, or too large", name, src)
            super().do_copy(folder, dest, log)

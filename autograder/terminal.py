"""Names and texts of others in what we print: what would steer a terminal, or turn text round, is spelled out."""

import logging
import re

# control characters, line ends among them, marks that turn the direction of text, and lone surrogates
STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
IN_LINES = re.compile(rf"(?![\n\t]){STEERS.pattern}")


def visible(text: str) -> str:
    """A name or a line of text, fit to be printed: a line end becomes `\\n`, and `ESC[2J` becomes `\\x1b[2J`."""
    return STEERS.sub(_spelled, text)


def visible_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return IN_LINES.sub(_spelled, text)


def _spelled(match: re.Match) -> str:
    return match[0].encode("unicode_escape").decode()


class Spelled(logging.Filter):
    """Makes the messages of a log visible: nbgrader's name students' files."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = visible_lines(record.getMessage()), ()
        return True


SPELLED = Spelled()

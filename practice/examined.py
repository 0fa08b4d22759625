"""What came of examples, as text and, for notebooks, as HTML with a picture of where an array is wrong."""

import html
import re
from dataclasses import dataclass

import numpy as np

from practice.cases import DIAGNOSE, TELL, tells_nothing, used
from practice.comparing import off
from practice.naming import Finding, Seen, without

MOST_SHOWN = 12  # rows, and columns, of a picture
RIGHT, WRONG, NOT_BEGUN, NOT_EXAMINED = "right", "wrong", "not begun", "not examined"
NOWRAP = '<td style="white-space: nowrap">'
SIGNS = {RIGHT: "✓", WRONG: "✗", NOT_BEGUN: "…", NOT_EXAMINED: "–"}


@dataclass
class Examined:
    """What came of one blank's public examples."""

    name: str
    findings: list[Finding]
    likely: str  # the sentence of the one mistake, or way to fail, that explains it
    certain: bool  # whether that is a way to fail, which needs no guess
    notes: list[str]  # which say nothing against it
    wrong: Seen | None  # the first array that came with entries that are wrong
    examples: int
    later: list[str]  # what is examined only when it is handed in

    @property
    def state(self) -> str:
        if not self.findings:
            return RIGHT if self.examples else NOT_EXAMINED
        return NOT_BEGUN if any(finding.diagnosis == "not_begun" for finding in self.findings) else WRONG

    def lines(self) -> list[str]:
        """What is said of it, a line for each finding, in the words of the feedback page."""
        if not self.findings:
            return [self._right()]
        if used["tell"] == TELL:
            return ["not right yet" if self.state == WRONG else self.state]
        said = [(finding.property, without(finding.message, self.likely)) for finding in self.findings]
        return [f"{property}: {message}" if property != "call" else message for property, message in said]

    def _right(self) -> str:
        if not self.examples:
            return "is examined when you hand in"
        later = f"; what is examined only when you hand in: {', '.join(self.later)}" if self.later else ""
        return f"right on {self.examples} public examples{later}"

    def sentence(self) -> str:
        """All of it in one line."""
        return " ".join([*self.lines(), *([self._likely] if self._tells and self.likely else [])])

    @property
    def _likely(self) -> str:
        return self.likely if self.certain else f"Most likely: {self.likely}"

    @property
    def _tells(self) -> bool:
        return bool(self.findings) and used["tell"] == DIAGNOSE

    @property
    def _example(self) -> str:
        return self.findings[0].example if self._tells and self.state == WRONG else ""

    def __repr__(self) -> str:
        text = [f"{SIGNS[self.state]} {self.name}: {self.lines()[0]}", *self.lines()[1:], *self.notes]
        if self._tells:
            text += [self._likely] if self.likely else []
            text += ["", "Run this to see it:", "", self._example] if self._example else []
            text += ["", f"Wrong entries (✗) of {self.wrong.property}:", "", drawn(self.wrong)] if self.wrong else []
        return "\n".join(text)

    def _repr_html_(self) -> str:
        first, *more = map(_html, self.lines())
        parts = [f"<p><strong>{SIGNS[self.state]} <code>{_html(self.name)}</code></strong> {first}</p>"]
        parts += [f"<p>{line}</p>" for line in [*more, *map(_html, self.notes)]]
        if self._tells:
            parts += [f"<p><strong>{_html(self._likely)}</strong></p>"] if self.likely else []
            parts += [f"<p>Run this to see it:</p><pre>{html.escape(self._example)}</pre>"] if self._example else []
            parts += [drawn_in_html(self.wrong)] if self.wrong else []
        return "".join(parts)


class Overview(list):
    """All blanks as they are now, a table."""

    def __repr__(self) -> str:
        return "\n".join([f"{SIGNS[one.state]} {one.name}: {_briefly(one)}" for one in self] or [tells_nothing()])

    def _repr_html_(self) -> str:
        rows = (f"{NOWRAP}{SIGNS[one.state]} {one.state}</td><td><code>{_html(one.name)}</code></td>" for one in self)
        said = (f'<td style="text-align: left">{_html(_briefly(one))}</td>' for one in self)
        body = "".join(f"<tr>{row}{text}</tr>" for row, text in zip(rows, said, strict=True))
        return f"<table>{body}</table>" if self else f"<p>{_html(tells_nothing())}</p>"


def _briefly(one: Examined) -> str:
    return NOT_BEGUN if one.state == NOT_BEGUN else one.sentence()


# pictures


def has_a_picture(one: Seen) -> bool:
    """Whether an array of the right shape came in which entries are wrong, and no words say how."""
    if not one.failed or one.in_words or one.got is None or one.got.shape != one.want.shape or not one.want.ndim:
        return False
    error, scale = off(one.got.astype(np.float64), one.want)
    return bool(np.any(error > one.rtol * scale))


def _entries(one: Seen) -> tuple[list[list[tuple[bool, float, float, float]]], bool]:
    """(rows of (wrong, how far off from 0 to 1, what came, what is wanted), whether that is not all of the array)."""
    got, want = (np.atleast_2d(array.reshape(-1, array.shape[-1])) for array in (one.got.astype(np.float64), one.want))
    error, scale = off(got, want)
    with np.errstate(all="ignore"):
        share = np.where(error <= one.rtol * scale, 0.0, np.clip(1 + np.log10(error / scale) / 4, 0.2, 1.0))
    cut = [array[:MOST_SHOWN, :MOST_SHOWN].tolist() for array in (share, got, want)]
    rows = [[(s > 0, s, g, w) for s, g, w in zip(*row, strict=True)] for row in zip(*cut, strict=True)]
    return rows, got.size > sum(map(len, rows))


def drawn(one: Seen) -> str:
    """The rows of an array, a sign for each entry, as text."""
    rows, more = _entries(one)
    lines = [" ".join("✗" if wrong else "·" for wrong, *_ in row) for row in rows]
    return "\n".join([*lines, *(["…"] if more else [])])


def drawn_in_html(one: Seen) -> str:
    """The same as a table: in stronger colour the further off, and each entry shows its number."""
    rows, more = _entries(one)
    body = "".join("<tr>" + "".join(_cell(*entry) for entry in row) + "</tr>" for row in rows)
    said = f"<p>Wrong entries (✗) of {_html(one.property)}, in stronger colour the further off:</p>"
    return f"{said}<table>{body}</table>" + ("<p>…</p>" if more else "")


def _cell(wrong: bool, share: float, got: float, want: float) -> str:
    style = f"text-align: right; border: 1px solid gray; background: rgba(213, 94, 0, {share / 2:.2f})"
    sign = "✗" if wrong else "·"
    return f'<td style="{style}" title="{got:.6g}, expected {want:.6g}">{sign} {got:.3g}</td>'


def _html(text: str) -> str:
    """Text as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))

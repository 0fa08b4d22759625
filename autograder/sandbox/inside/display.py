"""What the cells of a notebook write and show, collected in notebook form and bounded."""

import base64
import builtins
import io
import json

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from matplotlib.figure import Figure

__builtins__ = dict(vars(builtins))  # a notebook may put functions of its own among those of the whole process
MAX_TEXT = 100_000  # characters kept of a stream, of a cell
MAX_RICH = 2 << 20  # bytes of rich output kept, of a cell, as the wire writes them: six for an é
OVERHEAD = 100  # bytes of each output besides
MOST_AT_ONCE = 4  # figures that are drawn when a cell shows them: drawing one takes longer than many a cell
MOST_LATER = 8  # figures that are drawn after it, those that are still shown
FIGURE = "a figure, not yet drawn"  # the kind of output that stands for it


class Outputs:
    """The outputs of the running cell, in notebook form, bounded; while none runs, nothing is kept."""

    def __init__(self):
        self.open = True
        self.clear()

    def clear(self):
        self._forget()
        self.dropped = self.drawn = 0

    def _forget(self):
        self.items, self._text, self._rich, self._waiting, self._outdated = [], 0, 0, [], False

    def clear_output(self, wait: bool):
        """Forget what was shown, at once or when something new is."""
        self._outdated = True
        if not wait:
            self._forget()

    def _begin(self):
        if self._outdated:
            self._forget()

    def write(self, name: str, text: str):
        if not self.open:
            return
        self._begin()
        kept = text[: max(MAX_TEXT - self._text, 0)]
        self._text, self.dropped = self._text + len(kept), self.dropped + len(text) - len(kept)
        if kept and self.items and self.items[-1].get("name") == name:
            self.items[-1]["text"] += kept
        elif kept:
            self.items.append({"output_type": "stream", "name": name, "text": kept})

    def add(self, output_type: str, data: dict):
        """An output in the forms of `data`; a FIGURE is drawn when the cell has ended, and is a text until then."""
        self._begin()
        if fitting := self._fitting(data):
            self.items.append({"output_type": output_type, "data": fitting, "metadata": {}})
            if FIGURE in data and len(self._waiting) < MOST_LATER:
                self._waiting.append((self.items[-1], data[FIGURE]))

    def _fitting(self, data: dict) -> dict:
        """The forms that a notebook keeps; none where they are larger than what is left for this cell."""
        data = {kind: _text(value) for kind, value in data.items() if kind in ("text/plain", "text/html", "image/png")}
        size = OVERHEAD + sum(len(json.dumps(value)) for value in data.values())
        if self._rich + size > MAX_RICH:
            self.dropped += size
            return {}
        self._rich += size
        return data

    def draw(self, formatted):
        """Draw, as formatted(figure), the figures that still wait and are shown."""
        for item, figure in self._waiting:
            item["data"] = self._fitting(formatted(figure)) or item["data"]

    def error(self, name: str, value: str, traceback: list[str]):
        self._begin()
        lines = [line[:2000] for line in traceback][-40:]
        self.items.append({"output_type": "error", "ename": name, "evalue": value[:2000], "traceback": lines})

    def take(self) -> dict:
        taken = {"outputs": self.items, "dropped": self.dropped}
        self.clear()
        return taken


def _text(value) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the notebook."""

    def __init__(self, name: str, outputs: Outputs):
        self._name, self._outputs = name, outputs

    def write(self, text):
        self._outputs.write(self._name, str(text))
        return len(text)

    @property
    def encoding(self):
        return "utf-8"

    def fileno(self):
        return 1 if self._name == "stdout" else 2  # programs that are given it, faulthandler

    def writable(self):
        return True


class Hook(DisplayHook):
    """The value of a cell's last expression becomes an execute_result."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.collected.add("execute_result", format_dict)


class Formatter(DisplayFormatter):
    """The forms in which an object is shown; a figure after the first few is left for later, as most are never seen."""

    def format(self, obj, include=None, exclude=None):
        outputs = self.parent.collected
        if not outputs.open:  # in a check nobody sees it
            return {}, {}
        if isinstance(obj, Figure):
            outputs.drawn += 1
            if outputs.drawn > MOST_AT_ONCE:
                return {"text/plain": repr(obj), FIGURE: obj}, {}
        return super().format(obj, include, exclude)

    def drawn(self, figure) -> dict:
        return super().format(figure)[0]


class Publisher(DisplayPublisher):
    """display() and figures become display_data."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        self.shell.collected.add("display_data", data)

    def clear_output(self, wait=False):
        self.shell.collected.clear_output(wait)

"""What the cells of a submission wrote: of notebook form, and bounded, as soon as it has come."""

from collections.abc import Iterator
from itertools import islice

from nbformat import NotebookNode

from autograder.sandbox.inside import wire

MOST_BYTES = 32 << 20  # of all cells together
MOST_OUTPUTS = 1_000  # of one cell
MOST_LINES = 100  # of a traceback
MOST_DROPPED = 10**15  # characters of output that a cell can be believed to have written
OVERHEAD = 1_000  # bytes that an output of next to nothing takes here
KINDS = ("text/plain", "text/html", "image/png")


class Allowance:
    """What is left of the bytes that one submission's outputs may take."""

    def __init__(self):
        self._left = MOST_BYTES

    def kept(self, message: wire.Message, index: int) -> dict:
        """{"outputs", "dropped"}: the outputs of cell `index`, and how many characters were too many.

        Where nothing is left, no output is kept. Raises WireError for what is no cell's message.
        """
        match message.kind, message.nonce, message.body:
            case "cell", number, {"outputs": list(raw), "dropped": int(dropped)} if number == str(index):
                if dropped < MOST_DROPPED and all(isinstance(output, dict) for output in raw):
                    return self._bounded(raw, dropped, message.size)
        raise wire.WireError("a cell's outputs are malformed")

    def _bounded(self, raw: list[dict], dropped: int, size: int) -> dict:
        outputs = [*islice(_outputs(raw), MOST_OUTPUTS)]
        cost = size + OVERHEAD * len(outputs)
        if cost > self._left:
            return {"outputs": [], "dropped": dropped + size}
        self._left -= cost
        return {"outputs": outputs, "dropped": dropped}


def _outputs(raw: list[dict]) -> Iterator[NotebookNode]:
    """What a cell wrote as notebook outputs; what has another form is dropped."""
    for output in raw:
        match output:  # str(…): an array compares with a text entry by entry
            case {"output_type": str("stream"), "name": str("stdout" | "stderr" as name), "text": str(text)}:
                yield NotebookNode(output_type="stream", name=name, text=text)
            case {"output_type": str("execute_result" | "display_data" as kind), "data": dict(data)}:
                texts = {key: data[key] for key in KINDS if type(data.get(key)) is str}
                count = {"execution_count": None} if kind == "execute_result" else {}
                yield NotebookNode(output_type=kind, data=NotebookNode(texts), metadata=NotebookNode(), **count)
            case {"output_type": str("error"), "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
                lines = [line for line in lines[-MOST_LINES:] if type(line) is str]
                yield NotebookNode(output_type="error", ename=name, evalue=value, traceback=lines)

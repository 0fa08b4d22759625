"""Guests in this process that do more, or less, than answer calls."""

from collections.abc import Iterator

import numpy as np

from autograder.authoring.kernel import KernelGuest
from autograder.sandbox.fault import StudentFault
from practice.values import numeric


class Ending:
    """A guest whose every call ends in one fault."""

    def __init__(self, name: str):
        self.fault = StudentFault(name, "The call ended.")

    def call(self, name, args):
        raise self.fault

    calls = call


class Recording(KernelGuest):
    """A guest that keeps the numbers that one function returned, call by call and part by part."""

    def __init__(self, namespace: dict, name: str):
        super().__init__(namespace)
        self.name, self.returned = name, []

    def call(self, name, args):
        reply = super().call(name, args)
        self.returned += [*_arrays(reply.value)] if name == self.name else []
        return reply


def _arrays(value) -> Iterator[np.ndarray]:
    array = None if isinstance(value, tuple) else numeric(value)
    if array is not None:
        yield array
    elif isinstance(value, dict):
        yield from _arrays(tuple(value[key] for key in sorted(value)))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _arrays(part)

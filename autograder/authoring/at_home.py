"""What is said at home of a blank's right answers: that they are right, and nothing against them."""

import json
from collections.abc import Iterator

import numpy as np

from autograder.authoring.trials import function_of
from autograder.judging.check import Check
from practice import cases
from practice.asking import examine


def said_at_home(check: Check, public: str) -> Iterator[str]:
    """What is said where nothing should be, of an assignment with these public cases (JSON)."""
    if check.name not in json.loads(public)["blanks"]:  # nothing is told of this assignment
        return
    if check.forward and check.forward not in check.names:
        yield f"forward is {check.forward!r}, expected the name of a blank"
    cases.load(public)
    for variant in (variant for variant in check.variants if variant.right):
        with np.errstate(all="ignore"):
            found = examine(check.name, function_of(check, variant.code), check.names)
        told = [*found.lines(), *found.notes] if found.findings else found.notes * (variant == check.forms[0])
        if told:
            yield f"at home {variant.label} is told: {' '.join(told)}"

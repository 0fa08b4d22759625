"""One blank tried in this process: is its check sound, does it tell right from wrong, does it name only mistakes?"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from autograder.authoring.generated import generated, of_any
from autograder.authoring.held_out import held_out
from autograder.authoring.mutants import mutants
from autograder.authoring.soundness import faults
from autograder.authoring.table import MOST_KEPT, Row, complaint, percent
from autograder.authoring.trials import SECONDS, examined, function_of, is_right, judged
from autograder.judging.catalogue import STRUCTURAL
from autograder.judging.check import Check
from autograder.judging.variants import Variant

SEEDS = 200  # sets of fresh inputs: of a right answer, and of a mutant that passes the first
LUCKY = 0.05  # the share of them on which a mutant may pass and not be said to survive


def tried(check: Check, solution: str, stub: str) -> Iterator[Row]:
    """A row for each trial of a blank whose cell has this text in the source notebook, and that one in its release."""
    yield from (_fault(check, said) for said in faults(check, solution))
    if not any(variant.right for variant in check.variants):
        return
    seeds = [os.urandom(32) for _ in range(SEEDS)]
    broken = [*_broken(check)] if is_right(check, check.reference, seeds[0]) else [UNTRIED]
    if broken:
        yield from (_fault(check, said) for said in broken)
        return
    yield from _right(check, seeds)
    yield from _mutants(check, seeds)
    yield from _generated(check, stub, seeds[0])
    yield from _held_out(check, seeds[:2])


UNTRIED = (
    f"on fresh inputs alone its reference is not right, or needs more than {SECONDS} s for them: nothing more was tried"
)


def _fault(check: Check, said: str) -> Row:
    return Row(check.name, "", "check", None, "", said)


def _broken(check: Check) -> Iterator[str]:
    """The right answers whose text does not run."""
    for variant in (variant for variant in check.variants if variant.right):
        try:
            function_of(check, variant.code)
        except Exception as error:  # it is a program
            yield f"{variant.label}: {type(error).__name__}: {error}"


def _right(check: Check, seeds: list[bytes]) -> Iterator[Row]:
    """Right answers on many fresh inputs, each set of which is drawn once for all of them."""
    right = {v.label: function_of(check, v.code) for v in check.variants if v.right}
    wrong = Counter(label for seed in seeds for label, one in right.items() if not is_right(check, one, seed))
    for label in right:
        said = f"is right, and refused on {wrong[label]} of {len(seeds)} sets of fresh inputs" if wrong[label] else ""
        yield Row(check.name, label, "seeds", 1 - wrong[label] / len(seeds), "", said)


def _mutants(check: Check, seeds: list[bytes]) -> Iterator[Row]:
    reference = next(variant for variant in check.variants if variant.right)
    listed = set()
    for mutant in mutants(reference.code):
        reasons = [line for line in check.same if line == ANY or (line in mutant.line and line not in mutant.was)]
        once = ANY in check.same  # then no mutant that passes is a wrong one, and none needs more to be told
        passed = _passed(check, mutant.code, seeds[:1] if once else seeds, listed=bool(reasons))
        listed |= {*reasons} if passed > LUCKY else set()
        kind = "killed" if passed <= LUCKY else "equivalent" if reasons else "survives"
        said = f"{100 * passed:.3g} % of fresh inputs cannot tell `{mutant.line}` from `{mutant.was}`: {ADVICE}"
        yield Row(check.name, mutant.line, "mutant", passed, kind, said if kind == "survives" else "")
    for line in check.same.keys() - listed:
        yield Row(check.name, line, "check", None, "", "no change of the reference that survives reads so: take it out")


ANY = "any"  # change that passes: of a blank that is judged by what its answer achieves, not by values
ADVICE = 'add inputs that do, or write `# %% same: <a part of that line> "Why it is the same."`'


def _passed(check: Check, code: str, seeds: list[bytes], listed: bool) -> float:
    """The share of fresh inputs on which a mutant is right, of those that it takes to see that it survives.

    One that is wrong on the first is asked no more; but one that is listed as the same, for it may survive by chance.
    """
    try:
        function = function_of(check, code)
    except Exception:  # a mutant need not run
        return 0.0
    passes, tries = 0, 0
    for seed in seeds:
        passes, tries = passes + is_right(check, function, seed), tries + 1
        if not (passes or listed) or passes > LUCKY * len(seeds):
            break
    return passes / tries


def _generated(check: Check, stub: str, seed: bytes) -> Iterator[Row]:
    for one in generated(check, stub):
        if not one.walled:
            function = function_of(replace(check, names={**check.names, **one.given}), one.variant.code)
            said = judged(check, function, seed)
            noted = {finding.diagnosis for finding in said.findings}
            told = said.diagnosis or (one.variant.diagnosis if one.coarse else "")
            wrong = complaint(one.variant, said.score, told)
            if one.noted and one.noted not in noted:
                wrong = wrong or f"nothing is said of {one.noted}"
            yield Row(check.name, one.variant.label, "generated", said.score, said.diagnosis, wrong)


def walled(check: Check, stub: str) -> list[Variant]:
    """The generated answers that must be judged where they can do no harm."""
    return [one.variant for one in of_any(check, stub) if one.walled]


def _held_out(check: Check, seeds: list[bytes]) -> Iterator[Row]:
    """Answers outside the catalogue: where values decide, and only right ones are right."""
    parts = _values(check, check.reference, seeds[0])
    right = [_values(check, function_of(check, variant.code), seeds[0]) for variant in check.variants if variant.right]
    if not parts or not all(len(one) == len(parts) and all(map(_like, one, parts)) for one in right):
        return
    for number, seed in enumerate(seeds):
        for kind, function, must in held_out(check.reference, parts, number):
            said = judged(check, function, seed)
            named = said.diagnosis not in STRUCTURAL | {""} if not must else said.diagnosis != must
            wrong = f"told {said.diagnosis or 'nothing'}, must be {must or 'no mistake'}" if named else ""
            if said.score > MOST_KEPT:
                wrong = f"a wrong answer keeps {percent(said.score)}, at most half is allowed"
            yield Row(check.name, kind, "held-out", said.score, said.diagnosis, wrong)


def _values(check: Check, function, seed: bytes) -> list[np.ndarray]:
    """The numbers that a right answer returns, where they are compared with wanted ones."""
    rounds = examined(check, {check.name: function}, seed, public=False).rounds
    return [seen.got for round in rounds if round.wanted for seen in round.seen if seen.got is not None]


def _like(some: np.ndarray, others: np.ndarray) -> bool:
    return some.shape == others.shape and np.allclose(some, others)

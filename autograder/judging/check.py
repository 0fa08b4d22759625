"""What a check is declared with; `blank.Blank` is what it is given, and examines with."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograder.judging.catalogue import CATALOGUE
from autograder.judging.rounding import allowed
from autograder.judging.variants import Variant
from nnlib.gradcheck import numerical_gradient
from practice.comparing import EXACT, RTOL
from practice.faults import View

Inputs = Callable[[np.random.Generator], Iterator[tuple[str, tuple]]]
WITNESSED = 1e-9  # of a witness that computes the same in another way
DERIVED = 1e-5  # of a numerical derivative


@dataclass(frozen=True, kw_only=True)
class Check:
    """A blank's check. `returns` are the values its function returns, in order, each with its share of the points.

    `inputs(rng)` yields (kind of input in words, arguments). Where it is a mapping, the function returns one value,
    examined on several kinds of inputs: what it maps, and `returns` shares out the points to, are their names.

    What is wanted is what the reference returns, the first right answer in the blank's file. Its witness shares no code
    with it: `witness(*args)` returns the same, or `derivative_of(*parameters, *args)` is the cost of which the values
    are the gradients at parameters 0. `needs` are blanks that this one may call, never one that computes the same.

    At home students are told, too, whether the values are the derivatives of what their own function `forward` gives
    for the same arguments, with respect to the first of these.

    A check that needs more is a function `by_hand(blank)`, declared with `check`.
    """

    returns: Mapping[str, float]
    inputs: Inputs | Mapping[str, Inputs] | None = None
    derivative_of: Callable | None = None
    witness: Callable | None = None
    needs: tuple[str, ...] = ()
    rtol: float | None = None
    forward: str = ""
    view: View | None = None  # what a check by hand compares of returned values, where it is not these
    by_hand: Callable[..., None] | None = None  # of a `blank.Blank`
    # what its file and its assignment add
    name: str = ""
    title: str = ""
    variants: tuple[Variant, ...] = ()
    same: Mapping[str, str] = field(default_factory=dict)  # changes of the reference that change nothing, and why
    names: Mapping[str, Any] = field(default_factory=dict)  # what answers find: np, and the references of all blanks

    def __post_init__(self):
        if abs(sum(self.returns.values()) - 1) > 1e-12:
            total = sum(self.returns.values())
            raise ValueError(f"the weights of a check sum to {total}, expected 1: {dict(self.returns)}")
        if (self.inputs is None) == (self.by_hand is None):
            raise ValueError("a check has inputs, or is written by hand: give one of the two")

    @property
    def weights(self) -> Mapping[str, float]:
        """Each property that is examined, with its share of the points."""
        return self.returns

    def share(self, properties: Iterable[str]) -> float:
        """The share of the points that these properties give."""
        return sum(self.weights[name] for name in properties)

    def examine(self, blank) -> None:
        """Ask the student's function, and compare what it returns with what is wanted."""
        if self.by_hand is not None:
            return self.by_hand(blank)
        for properties, make in self._groups():
            for case in blank.cases(make):
                got = blank.call(self.name, *case.args, returns=len(properties))
                want = blank.want(*case.args)
                rtols = blank.allowed(*case.args) if self.is_exact else (self.rtol or RTOL,) * len(properties)
                got, want = parts(got, len(properties)), parts(want, len(properties))
                for property, ours, theirs, rtol in zip(properties, got, want, rtols, strict=True):
                    blank.close(property, ours, theirs, rtol=rtol)

    def _groups(self) -> Iterator[tuple[tuple[str, ...], Inputs]]:
        if isinstance(self.inputs, Mapping):
            yield from (((name,), make) for name, make in self.inputs.items())
        else:
            yield tuple(self.returns), self.inputs

    @property
    def values(self) -> int:
        """How many values its function returns."""
        return 1 if isinstance(self.inputs, Mapping) else len(self.returns)

    @property
    def is_exact(self) -> bool:
        """Whether its values must be as near as rounding lets them: else differences would pass for derivatives."""
        return self.rtol == EXACT or (self.rtol is None and self.derivative_of is not None)

    # what is wanted

    @property
    def reference(self) -> Callable:
        """The blank's first right answer."""
        return self.names[self.name]

    @cached_property
    def forms(self) -> tuple[Variant, ...]:
        """The right answers, the reference first, that call what this blank needs."""
        right = [variant for variant in self.variants if variant.right]
        return tuple(right[:1] + [one for one in right[1:] if any(map(one.calls, self.needs))])

    def wanted(self, args: tuple) -> Any:
        """What the reference returns. Raises AssertionError where its witness disagrees: then nothing is decided."""
        want = self.reference(*copy.deepcopy(args))
        if self.witness is not None:
            self._hold(want, self.witness(*copy.deepcopy(args)))
        if self.derivative_of is not None:
            self._hold_derivative(want, args)
        return want

    def allowed(self, args: tuple, want: Any) -> tuple[float, ...]:
        """How far from what is wanted each value may be, relative to its largest entry."""
        number = len(want) if isinstance(want, tuple) else 1
        with np.errstate(all="ignore"):
            return allowed(self.reference, args, parts(want, number))

    def _hold(self, want: Any, witnessed: Any) -> None:
        number = len(want) if isinstance(want, tuple) else 1
        for ours, theirs in zip(parts(want, number), parts(witnessed, number), strict=True):
            if not _near(_floats(theirs), _floats(ours), WITNESSED, 1e-300):
                raise AssertionError(f"{self.name}: the reference and its witness differ")

    def _hold_derivative(self, want: Any, args: tuple) -> None:
        names = [self.name] if self.values == 1 else self.returns
        at = [np.zeros(np.shape(part)) for part in parts(want, self.values)]
        for k, (property, part) in enumerate(zip(names, parts(want, self.values), strict=True)):
            cost = lambda v, k=k: self.derivative_of(*at[:k], v, *at[k + 1 :], *args)  # noqa: E731
            if not _near(np.asarray(numerical_gradient(cost, at[k])), _floats(part), DERIVED, 1e-3):
                raise AssertionError(f"{self.name}: {property} is not dJ")

    # mistakes

    @cached_property
    def mistakes(self) -> tuple[Variant, ...]:
        """The wrong answers that are mistakes with a name: what they return is what the mistake gives."""
        return tuple(variant for variant in self.variants if variant.defines)

    def sentence(self, name: str) -> str:
        """What a student reads of a mistake."""
        own = {variant.diagnosis: variant.sentence for variant in self.variants if variant.sentence}
        return own.get(name) or CATALOGUE[name]


def check(
    weights: Mapping[str, float],
    needs: Iterable[str] = (),
    witness: Callable | None = None,
    view: View | None = None,
) -> Callable[[Callable], Check]:
    """Declare a function of a `blank.Blank` as a check. `weights` maps what it examines to their shares of the points.

    `view` is what it compares of returned values, by `blank.view`, where these themselves may differ and be right.

    `needs` names prerequisites. A blank that fails while one of them fails, too, is judged with the references in place
    of the wrong ones, if its first values are what one of its right answers gives with the student's own.
    """

    def declared(f: Callable) -> Check:
        title = (f.__doc__ or "").strip()
        declared = {"needs": tuple(needs), "witness": witness, "view": view, "by_hand": f}
        return Check(returns=weights, name=f.__name__, title=title, **declared)

    return declared


def parts(value: Any, number: int) -> tuple:
    """The values that a function of so many returned."""
    return (value,) if number == 1 else tuple(value)


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=np.float64)


def _near(some: np.ndarray, others: np.ndarray, rtol: float, smallest: float) -> bool:
    """Whether these are equal to rtol of the largest entry, that counts as `smallest` at least."""
    if some.shape != others.shape:
        return False
    scale = max(np.max(np.abs(some), initial=0.0), smallest)
    return bool(np.all(np.abs(some - others) <= rtol * scale))

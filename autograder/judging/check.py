"""What a check is declared with; `blank.Blank` is what it is given, and examines with."""

import copy
import pickle
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
from practice.source import is_formula

Inputs = Callable[[np.random.Generator], Iterator[tuple[str, tuple]]]
WITNESSED = 1e-9  # of a witness that computes the same in another way
DERIVED = 1e-5  # of a numerical derivative
MOST_KNOWN = 8192  # arguments of which is remembered what is wanted
LARGEST_KNOWN = 1 << 14  # bytes of such arguments


@dataclass(frozen=True, kw_only=True)
class Check:
    """A blank's check. `returns` are the values its function returns, in order, each with its share of the points.

    `inputs(rng)` yields (kind of input in words, arguments). Where it is a mapping, the function returns one value,
    examined on several kinds of inputs: what it maps, and `returns` shares out the points to, are their names. Where
    several values share one name of `returns`, `values` has the name of each, in order.

    What is wanted is what the reference returns, the first right answer in the blank's file. Its witness shares no code
    with it: `witness(*args)` returns the same, or `derivative_of(*parameters, *args)` is the cost of which the values
    are the gradients at parameters 0. `needs` are blanks that this one may call, never one that computes the same.

    At home students are told, too, whether the values are the derivatives of what their own function `forward` gives
    for the same arguments, with respect to these from number `forward_at` on, counted from 0.

    A check that needs more is a function `by_hand(blank)`, declared with `check`.
    """

    returns: Mapping[str, float]
    values: tuple[str, ...] = ()
    inputs: Inputs | Mapping[str, Inputs] | None = None
    derivative_of: Callable | None = None
    witness: Callable | None = None
    needs: tuple[str, ...] = ()
    rtol: float | None = None
    forward: str = ""
    forward_at: int = 0
    view: View | None = None  # what a check by hand compares of returned values, where it is not these
    by_hand: Callable[..., None] | None = None  # of a `blank.Blank`
    # what its file and its assignment add
    name: str = ""
    title: str = ""
    variants: tuple[Variant, ...] = ()
    same: Mapping[str, str] = field(default_factory=dict)  # changes of the reference that change nothing, and why
    names: Mapping[str, Any] = field(default_factory=dict)  # what answers find: np, and the references of all blanks

    def __post_init__(self):
        total = sum(self.returns.values())
        if abs(total - 1) > 1e-12 or not all(0 < weight <= 1 for weight in self.returns.values()):
            raise ValueError(
                f"the weights of a check sum to {total}, expected 1, and each above 0: {dict(self.returns)}"
            )
        if (self.inputs is None) == (self.by_hand is None):
            raise ValueError("a check has inputs, or is written by hand: give one of the two")
        if isinstance(self.inputs, Mapping) and self.inputs.keys() != self.returns.keys():
            raise ValueError(f"the inputs are for {[*self.inputs]}, and the points for {[*self.returns]}")
        if self.rtol is not None and not 0 < self.rtol < 1:
            raise ValueError(f"rtol is {self.rtol}, expected a number between 0 and 1")
        if self.values and {*self.values} != {*self.returns}:
            raise ValueError(f"`values` names other properties than `returns`: {self.values}, {[*self.returns]}")

    @property
    def weights(self) -> Mapping[str, float]:
        """Each property that is examined, with its share of the points."""
        return self.returns

    @property
    def number(self) -> int:
        """How many values its function returns."""
        return 1 if isinstance(self.inputs, Mapping) else len(self.returns)

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
            yield self.of_values, self.inputs

    @property
    def of_values(self) -> tuple[str, ...]:
        """The property of each value that is returned."""
        return self.values or tuple(self.returns)

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
        return self._once("wanted", args, self._witnessed)

    def allowed(self, args: tuple, want: Any) -> tuple[float, ...]:
        """How far from what is wanted each value may be, relative to its largest entry."""
        return self._once("allowed", args, lambda args: self._rounding(args, want))

    def _once(self, what: str, args: tuple, compute: Callable) -> Any:
        """What is computed of arguments, remembered: public examples are those of all students, and it takes long."""
        key = _key(what, args)
        if not key:
            return compute(args)
        if key not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = compute(args)
        return copy.deepcopy(self._known[key])

    def drawn(self, make: Inputs, seed: int, place: Any) -> list[tuple[str, tuple]]:
        """What `make` draws of this seed; what was drawn last at a place is remembered, for other answers to come."""
        if self._drawn.get(place, ())[:2] != (make, seed):
            made = list(make(np.random.default_rng(seed)))
            self._drawn[place] = (make, seed, made)
            if not all(_is_fixed(args) for _, args in made):
                return self._drawn.pop(place)[2]
        return self._drawn[place][2]

    @cached_property
    def _drawn(self) -> dict[Any, tuple]:
        return {}

    @cached_property
    def _known(self) -> dict[bytes, Any]:
        return {}

    def _witnessed(self, args: tuple) -> Any:
        want = self.reference(*copy.deepcopy(args))
        if self.witness is not None:
            self._hold(want, self.witness(*copy.deepcopy(args)))
        if self.derivative_of is not None:
            self._hold_derivative(want, args)
        return want

    def _rounding(self, args: tuple, want: Any) -> tuple[float, ...]:
        with np.errstate(all="ignore"):
            return allowed(self.reference, args, several(want))

    def _hold(self, want: Any, witnessed: Any) -> None:
        number = len(several(want))
        for ours, theirs in zip(several(want), parts(witnessed, number), strict=True):
            if not _near(_floats(theirs), _floats(ours), WITNESSED, 1e-300):
                raise AssertionError(f"{self.name}: the reference and its witness differ")

    def _hold_derivative(self, want: Any, args: tuple) -> None:
        at = [np.zeros(np.shape(part)) for part in several(want)]
        for k, (property, part) in enumerate(zip(self.of_values, several(want), strict=False)):
            cost = lambda v, k=k: self.derivative_of(*at[:k], v, *at[k + 1 :], *args)  # noqa: E731
            if not _near(np.asarray(numerical_gradient(cost, at[k])), _floats(part), DERIVED, 1e-3):
                raise AssertionError(f"{self.name}: {property} is not dJ")

    # mistakes

    @cached_property
    def mistakes(self) -> tuple[Variant, ...]:
        """The wrong answers that are mistakes with a name: what they return is what the mistake gives."""
        return tuple(variant for variant in self.variants if variant.defines)

    def sentence(self, name: str) -> str:
        """What a student reads of a mistake; nothing of none."""
        own = {variant.diagnosis: variant.sentence for variant in self.variants if variant.sentence}
        return own.get(name) or (CATALOGUE[name] if name else "")


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


def _is_fixed(value: Any) -> bool:
    """Whether this is data, or a formula: a function may have a memory of who asked it before."""
    if isinstance(value, dict):
        return all(map(_is_fixed, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_fixed, value))
    return isinstance(value, np.ndarray | np.generic | int | float | str | None) or is_formula(value)


def _key(what: str, args: tuple) -> bytes:
    """What is remembered, and of which arguments; nothing for large ones, and where functions are among them that are
    more than a formula.
    """
    if any(callable(each) and not is_formula(each) for each in args):
        return b""
    try:
        key = pickle.dumps((what, [(is_formula(each), each.__doc__ if is_formula(each) else each) for each in args]))
    except (pickle.PicklingError, AttributeError, TypeError):  # functions in lists
        return b""
    return key if len(key) <= LARGEST_KNOWN else b""


def several(wanted: Any) -> tuple:
    """The values that a reference returned, one or more."""
    return wanted if isinstance(wanted, tuple) else (wanted,)


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=np.float64)


def _near(some: np.ndarray, others: np.ndarray, rtol: float, smallest: float) -> bool:
    """Whether these are equal to rtol of the largest finite entry of both, that counts as `smallest` at least."""
    if some.shape != others.shape:
        return False
    finite = np.isfinite(some) & np.isfinite(others)
    scale = max(np.max(np.abs(some), initial=0.0, where=finite), smallest)
    with np.errstate(invalid="ignore"):
        return bool(np.all((some == others) | (np.abs(some - others) <= rtol * scale)))

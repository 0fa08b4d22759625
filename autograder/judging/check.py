"""What a check is declared with; `blank.Blank` is what it is given, and examines with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from autograder.judging.comparison import EXACT as EXACT  # checks find these here
from autograder.sandbox.fault import StudentFault as StudentFault
from autograder.sandbox.values import describe as describe
from autograder.sandbox.values import numeric as numeric


@dataclass(frozen=True)
class Check:
    """A check: its name is the blank's grade_id, its docstring the title, its weights split the points.

    `needs` maps the blanks that this one may call to functions of ours that answer like them; `by` are the usual forms
    of the reference in terms of those.
    """

    name: str
    title: str
    weights: Mapping[str, float]
    examine: Callable[..., None]  # of a `blank.Blank`
    needs: Mapping[str, Callable] = field(default_factory=dict)
    by: tuple[Callable, ...] = ()

    def share(self, properties: Iterable[str]) -> float:
        """The share of the points that these properties give."""
        return sum(self.weights[name] for name in properties)


def check(
    weights: Mapping[str, float], needs: Mapping[str, Callable] | None = None, by: Iterable[Callable] = ()
) -> Callable[[Callable], Check]:
    """Declare a function as a check. `weights` maps each property examined to its share of the points (sum 1).

    `needs` names prerequisites: {blank: a right function with the parameters of its statement}. Never name a blank that
    computes what this one must compute. `by` are then the usual forms of the reference, with the parameters of this
    blank's statement and one for each prerequisite, by its name; the check asks for `blank.want(*args)`. A blank that
    fails while a prerequisite fails, too, is judged with the right ones in place of the wrong ones, if its first values
    are what one of the forms gives with the student's own.
    """
    if abs(sum(weights.values()) - 1) > 1e-12:
        raise ValueError(f"the weights of a check sum to {sum(weights.values())}, expected 1: {dict(weights)}")
    if bool(needs) != bool(by := tuple(by)):
        raise ValueError("a check that `needs` others gives `by`, the reference in terms of them, and no other does")
    return lambda f: Check(f.__name__, (f.__doc__ or "").strip(), weights, f, needs or {}, by)

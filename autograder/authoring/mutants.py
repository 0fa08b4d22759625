"""Mechanical mutants: the reference with one thing changed, as a slip of the pen would.

A check that cannot tell a mutant from the reference lets that slip pass.

They are made from the text of the reference alone. Each has a line, that of its statement as it then reads:

    m = X.shape[0]                  for m = X.shape[1]
    without costs.append(…)         where a statement is left out
    stop when w is small            where a loop ends early
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SMALL = 0.05  # where a loop that stops early takes it that nothing moves any more
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div,
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
OTHERS = {"mean": "sum", "sum": "mean", "max": "min", "min": "max", "maximum": "minimum", "minimum": "maximum"}
OTHERS |= {"argmax": "argmin", "argmin": "argmax", "log": "log2", "zeros": "ones", "ones": "zeros"}
SYMMETRIC = {"logaddexp", "maximum", "minimum", "hypot", "add", "multiply"}
STATEMENTS = (ast.Assign, ast.AugAssign, ast.Expr, ast.If)


@dataclass(frozen=True)
class Mutant:
    """A reference with one change: `line` names it, `was` is what stood there, `code` is the whole text."""

    line: str
    was: str
    code: str


def mutants(code: str) -> Iterator[Mutant]:
    """Each change once. Raises SyntaxError where the text is no Python."""
    tree = ast.parse(code)
    seen = {ast.unparse(tree)}
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    texts = sorted({value for value in constants if isinstance(value, str)})
    for path, statement in _statements(tree):
        for line, changed in _changed(statement, texts):
            mutant = copy.deepcopy(tree)
            _replace(mutant, path, changed)
            text = ast.unparse(ast.fix_missing_locations(mutant)) + "\n"
            if text.rstrip() not in seen:
                seen.add(text.rstrip())
                yield Mutant(line, _line(statement), text)


def _statements(tree: ast.Module) -> Iterator[tuple[list, ast.stmt]]:
    """(the fields and positions that lead to it, statement) of all inside of functions."""
    todo = [([(field, k)], node) for field in ("body",) for k, node in enumerate(tree.body)]
    while todo:
        path, node = todo.pop(0)
        if len(path) > 1:
            yield path, node
        for field in ("body", "orelse"):
            todo += [([*path, (field, k)], inner) for k, inner in enumerate(getattr(node, field, []))]


def _replace(tree: ast.Module, path: list, new: list[ast.stmt]) -> None:
    node = tree
    for field, k in path[:-1]:
        node = getattr(node, field)[k]
    field, k = path[-1]
    getattr(node, field)[k : k + 1] = new


def _line(statement: ast.stmt) -> str:
    """A statement in one line: of one that has others in it, its head."""
    return ast.unparse(statement).splitlines()[0]


def _changed(statement: ast.stmt, texts: list[str]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """(the line that names it, what stands in the statement's place) for each change of its own expressions."""
    if isinstance(statement, STATEMENTS) and not _is_docstring(statement):
        yield f"without {_line(statement)}", [ast.Pass()]
    if isinstance(statement, ast.AugAssign) and type(statement.op) in OPERATORS:
        changed = copy.deepcopy(statement)
        changed.op = OPERATORS[type(statement.op)]()
        yield _line(changed), [changed]
    if isinstance(statement, ast.For | ast.While):
        yield from _stopping(statement)
    for position, make in _of_expressions(statement, texts):
        changed = copy.deepcopy(statement)
        place = _own_nodes(changed)[position]
        place.put(make(place.node))
        yield _line(changed), [changed]


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _stopping(loop: ast.For | ast.While) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The loop that ends, after a pass, where what it computes is small, or has hardly changed."""
    inside = (node for statement in loop.body for node in ast.walk(statement) if isinstance(node, ast.Name))
    stored = [node.id for node in inside if isinstance(node.ctx, ast.Store)]
    for name in dict.fromkeys(stored):
        changed = copy.deepcopy(loop)
        changed.body += ast.parse(f"if np.max(np.abs({name})) < {SMALL}:\n    break").body
        yield f"stop when {name} is small", [changed]
        changed = copy.deepcopy(loop)
        kept = ast.parse(f"last_of_all = {name}").body
        changed.body += ast.parse(f"if np.max(np.abs({name} - last_of_all)) < {SMALL}:\n    break\n").body + kept
        yield f"stop when {name} hardly changes", [*ast.parse("last_of_all = np.inf").body, changed]


# expressions


@dataclass(frozen=True)
class _Place:
    node: ast.expr
    put: Callable[[ast.expr], None]
    parent: ast.AST


def _own_nodes(statement: ast.stmt) -> list[_Place]:
    """The expressions of a statement, not those of the statements inside of it, with a way to put others there."""
    places, todo = [], [statement]
    while todo:
        parent = todo.pop(0)
        for field, value in ast.iter_fields(parent):
            found = value if isinstance(value, list) else [value]
            for k, node in enumerate(found):
                if isinstance(node, ast.expr):
                    places.append(_Place(node, _setter(parent, field, k if isinstance(value, list) else None), parent))
                if isinstance(node, ast.expr | ast.keyword | ast.comprehension):
                    todo.append(node)
    return places


def _setter(parent: ast.AST, field: str, k: int | None) -> Callable[[ast.expr], None]:
    def put(new: ast.expr) -> None:
        if k is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[k] = new

    return put


def _of_expressions(statement: ast.stmt, texts: list[str]) -> Iterator[tuple[int, Callable]]:
    """(which expression of the statement, what makes another one of a copy of it)."""
    if isinstance(statement, ast.FunctionDef) or _is_docstring(statement):
        return
    for position, place in enumerate(_own_nodes(statement)):
        for make in _changes(place, texts):
            yield position, make


def _changes(place: _Place, texts: list[str]) -> Iterator[Callable]:
    node = place.node
    match node:
        case ast.Constant(value=str(value)):
            yield from (lambda node, text=text: ast.Constant(text) for text in texts if text != value)
        case ast.Constant(value=bool(value)):
            yield lambda node: ast.Constant(not value)
        case ast.Constant(value=int() | float()):
            yield from (lambda node, new=new: ast.Constant(new) for new in _other_numbers(place))
        case ast.BinOp(op=op):
            yield from _other_operators(op)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield lambda node: node.operand
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield from (lambda node, new=new: _with(node, ops=[new()]) for new in COMPARISONS[type(op)])
        case ast.Attribute(attr="T"):
            yield lambda node: node.value
        case ast.Call():
            yield from _other_calls(node)
        case ast.Tuple(elts=elements, ctx=ast.Load()) | ast.List(elts=elements, ctx=ast.Load()):
            yield from (lambda node, k=k: _with(node, elts=_exchanged(node.elts, k)) for k in range(len(elements) - 1))
        case ast.IfExp():
            yield from (lambda node: node.body, lambda node: node.orelse)
        case ast.Slice(lower=lower, upper=upper, step=step):
            bounds = {"lower": lower, "upper": upper, "step": step}
            yield from (lambda node, of=of: _with(node, **{of: None}) for of, bound in bounds.items() if bound)
    in_a_product = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.MatMult)
    if in_a_product and isinstance(node, ast.Name):
        yield lambda node: ast.parse(f"np.atleast_2d({node.id}).T", mode="eval").body  # a vector becomes a column


def _with(node: ast.AST, **fields) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _exchanged(items: list, k: int) -> list:
    return [*items[:k], items[k + 1], items[k], *items[k + 2 :]]


def _other_numbers(place: _Place) -> list[float]:
    value = place.node.value
    found = {value + 1, value - 1}
    if not isinstance(place.parent, ast.Subscript | ast.Slice | ast.keyword):
        found |= {-value} | ({1.5 - value} if value in (0.5, 1) else set())
    return sorted(found - {value}, key=lambda number: (abs(number - value), number))


def _other_operators(op: ast.operator) -> Iterator[Callable]:
    if type(op) in OPERATORS:
        yield lambda node: _with(node, op=OPERATORS[type(op)]())
    yield lambda node: node.left
    yield lambda node: ast.UnaryOp(ast.USub(), node.right) if isinstance(op, ast.Sub) else node.right
    if isinstance(op, ast.Sub | ast.Div | ast.Pow):
        yield lambda node: _with(node, left=node.right, right=node.left)


def _other_calls(node: ast.Call) -> Iterator[Callable]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    of_numpy = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    if isinstance(node.func, ast.Attribute) and not (of_numpy and node.func.value.id in ("np", "math")):
        yield lambda node: node.func.value
    for k, argument in enumerate(node.args):
        if not isinstance(argument, ast.Starred):
            yield lambda node, k=k: node.args[k]
    for k, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "keepdims"):
            yield lambda node, k=k: _with(node, keywords=node.keywords[:k] + node.keywords[k + 1 :])
    if name in OTHERS and isinstance(node.func, ast.Attribute):
        yield lambda node: _with(node, func=_with(node.func, attr=OTHERS[name]))
    if name == "range":
        yield from (lambda node, by=by: _with(node, args=[*node.args[:-1], _plus(node.args[-1], by)]) for by in (1, -1))
    for k, (one, other) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if isinstance(one, ast.Name) and isinstance(other, ast.Name) and name not in SYMMETRIC:
            yield lambda node, k=k: _with(node, args=_exchanged(node.args, k))


def _plus(node: ast.expr, by: int) -> ast.expr:
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))

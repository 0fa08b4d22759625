"""A computation graph as an SVG picture, made with string formatting alone.

Operations are round, variables square, constants grey. Above an edge stands the value it carries forward; below it, in
italics, the gradient it carries back; Σ under a node is the sum of what its edges brought back. `draw(J, step=k)` shows
the graph after k edges, the last one thick: first every edge forward, then backward; `steps(J)` counts them. The text
is the same on every run, and every step has the same layout.

Layout (Sugiyama, Tagawa & Toda, 1981): layers from left to right, an edge over several layers bends in each; a layer's
order lowers the number of crossings; heights pull neighbours level.
"""

from dataclasses import dataclass, field
from html import escape

from nnlib.backend import to_numpy
from nnlib.graph import sweep, topological_order

MOST_NODES = 200
MARGIN, GAP, HEAD, LETTER, LEGEND_WIDTH = 16, 16, 7, 7.2, 360  # pixels; GAP is between columns, LETTER a width
VALUE, GRADIENT = "#00507d", "#b84a00"  # blue and vermilion; position and italics tell them apart in grey


class Drawing(str):
    """SVG text that a notebook shows as a picture."""

    def _repr_svg_(self):
        return str(self)

    def __repr__(self):
        return f"<drawing, {len(self)} characters of SVG>"


@dataclass(eq=False)
class Arrow:
    """Edge `k` of `target`: what it carries and when, in steps (`back_at` is None for one from a constant)."""

    source: object
    target: object
    k: int
    forward_at: int
    back_at: int | None = None
    message: object = None


@dataclass(eq=False)
class Place:
    """Room for a node, or for an edge on its way through a column; the first such place of an edge holds its text."""

    node: object = None
    arrow: Arrow | None = None
    left: list = field(default_factory=list)  # the places it is joined to
    right: list = field(default_factory=list)
    x: float = 0
    half: float = 0  # of its column's width
    y: float = 0

    @property
    def height(self):
        return 62 if self.node else 36 if self.arrow and not self.arrow.source.constant else 16

    @property
    def width(self):
        if self.node is None:
            return LETTER * max(map(len, _texts(self.arrow))) if self.arrow else 0
        total = 12 * LETTER if len(self.right) > 1 and not self.node.constant else 0
        return max(2 * (_half_width(self.node) + HEAD), total)


def draw(output, step=None, dout=None):
    """The graph of `output` after `step` of its `steps(output)` edges (default: all), as SVG text.

    dout is the upstream gradient, as in `gradients`. Raises ValueError for a step that is not there and for a graph of
    more than 200 nodes.
    """
    order = topological_order(output)
    if len(order) > MOST_NODES:
        raise ValueError(f"the graph has {len(order)} nodes, more than {MOST_NODES}; draw one of its inner nodes.")
    last = steps(output)
    if step is not None and not 0 <= step <= last:
        raise ValueError(f"step is {step}; this graph has steps 0 to {last}.")
    arrows = _arrows(order, list(sweep(output, dout)))
    return Drawing(_svg(order, arrows, last if step is None else step, last, marked=step))


def steps(output):
    """How many edges `draw` can step through: all forward, then those to variables backward."""
    sources = [source for node in topological_order(output) for source, _ in node.edges]
    return len(sources) + sum(not source.constant for source in sources)


def _arrows(order, backward):
    """Every edge in the order of the forward pass, with its time and message in the `backward` sweep."""
    edges = [(source, node, k) for node in order for k, (source, _) in enumerate(node.edges)]
    arrows = {(node, k): Arrow(source, node, k, t) for t, (source, node, k) in enumerate(edges, start=1)}
    time = len(edges)
    (output, dout, _), *_ = backward
    arrows[None, 0] = Arrow(output, None, 0, time, time + 1, dout)  # from the output into the open
    for node, _, messages in backward:
        for k, message in enumerate(messages):
            if message is not None:
                time += 1
                arrows[node, k].back_at, arrows[node, k].message = time, message
    return list(arrows.values())


# --- layout: nodes in the even columns, the texts of edges in the odd ones ---


def _layout(order, arrows):
    """(columns of places, each arrow's places from source to target)."""
    column = _columns(order, arrows)
    columns = [[] for _ in range(max(column.values()) + 2)]
    node_place = {node: Place(node) for node in order}
    for node, place in node_place.items():
        columns[column[node]].append(place)
    paths = {}
    for arrow in arrows:
        last = column[arrow.target] if arrow.target else column[arrow.source] + 2
        between = [Place(arrow=arrow), *(Place() for _ in range(column[arrow.source] + 2, last))]
        for k, place in enumerate(between, start=column[arrow.source] + 1):
            columns[k].append(place)
        paths[arrow] = [node_place[arrow.source], *between, *([node_place[arrow.target]] if arrow.target else [])]
        for a, b in zip(paths[arrow], paths[arrow][1:], strict=False):
            a.right.append(b)
            b.left.append(a)
    _sort(columns)
    _set_x(columns)
    _set_y(columns)
    return columns, paths


def _columns(order, arrows):
    """The longest way from the left; then everything without inputs moves next to what uses it."""
    column = dict.fromkeys(order, 0)
    for arrow in arrows:  # in topological order
        if arrow.target:
            column[arrow.target] = max(column[arrow.target], column[arrow.source] + 2)
    for node in order:
        if not node.edges:
            column[node] = min([column[a.target] for a in arrows if a.source is node and a.target], default=2) - 2
    return column


def _sort(columns):
    """Sort each column by the mean rank of its neighbours to the left, then to the right, a few times."""
    for side in ("left", "right") * 6:
        rank = {place: k / len(column) for column in columns for k, place in enumerate(column)}
        for column in columns if side == "left" else reversed(columns):
            column.sort(key=lambda place: _mean([rank[other] for other in getattr(place, side)], rank[place]))
            rank.update((place, k / len(column)) for k, place in enumerate(column))


def _set_x(columns):
    edge = MARGIN
    for column in columns:
        half = max(place.width for place in column) / 2
        for place in column:
            place.x, place.half = edge + half, half
        edge += 2 * half + GAP


def _set_y(columns):
    """Pull each place level with its neighbours, order and distance kept."""
    for column in columns * 24:
        wanted = [_mean([other.y for other in place.left + place.right], place.y) for place in column]
        for place, y in zip(column, _spread(wanted, [place.height for place in column]), strict=True):
            place.y = y
    top = min(place.y - place.height / 2 for column in columns for place in column)
    for place in (place for column in columns for place in column):
        place.y = round(place.y - top) + MARGIN


def _spread(wanted, heights):
    """The positions nearest to those wanted (least squares) where nothing overlaps: pool adjacent violators."""
    offsets = [sum(heights[:k]) + heights[k] / 2 for k in range(len(heights))]
    blocks = []  # [sum, count] of wanted - offset: equal numbers mean side by side
    for position, offset in zip(wanted, offsets, strict=True):
        blocks.append([position - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] > blocks[-1][0] * blocks[-2][1]:
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    level = [total / count for total, count in blocks for _ in range(count)]
    return [height + offset for height, offset in zip(level, offsets, strict=True)]


def _mean(numbers, otherwise):
    return sum(numbers) / len(numbers) if numbers else otherwise


# --- picture ---


def _svg(order, arrows, step, last, marked):
    columns, paths = _layout(order, arrows)
    places = [place for column in columns for place in column]
    width = round(max(LEGEND_WIDTH, places[-1].x + places[-1].half + 14) + MARGIN)
    height = max(place.y + place.height // 2 for place in places) + 24
    lines = [_line(arrow, paths[arrow], step, marked) for arrow in arrows]
    labels = [_labels(place, step) for place in places if place.arrow]
    nodes = [_node(place) + _total(place, arrows, step) for place in places if place.node]
    legend = "above an edge: value → · <tspan font-style='italic'>below: gradient ←</tspan>"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' "
        f"role='img'><title>Computation graph of {len(order)} nodes after step {step} of {last}</title>"
        f"<rect width='100%' height='100%' fill='#fff'/><g fill='none'>{''.join(lines)}</g>"
        f"<g font-family='DejaVu Sans,Verdana,sans-serif' font-size='12' text-anchor='middle'>{''.join(nodes + labels)}"
        f"<text x='{MARGIN}' y='{height - 10}' text-anchor='start' fill='#555'>step {step}/{last} · {legend}</text></g>"
        "</svg>"
    )


def _line(arrow, path, step, marked):
    """Level through each place, curved between them, and a head."""
    color = "#333" if step >= arrow.forward_at else "#bbb"
    thick = 3.5 if marked and arrow.target and step in (arrow.forward_at, arrow.back_at) else 1.3
    first, last = path[0], path[-1]
    line, x, y = f"M{first.x + _half_width(first.node):.0f} {first.y}", first.x + first.half, first.y
    for place in path[1:]:
        if place.y != y:
            start, middle = place.x - place.half, (x + place.x - place.half) / 2
            line += f"H{x:.0f}C{middle:.0f} {y} {middle:.0f} {place.y} {start:.0f} {place.y}"
        x, y = place.x + place.half, place.y
    tip = last.x - _half_width(last.node) if last.node else x + HEAD
    line += f"H{tip - HEAD:.0f}"
    head = f"<path d='M{tip - 8:.0f} {y - 4}l8 4l-8 4z' fill='{color}'/>"
    return f"<path d='{line}' stroke='{color}' stroke-width='{thick}'/>{head}"


def _labels(place, step):
    """What the edge has carried so far: the value above it, the gradient below."""
    arrow, (value, gradient) = place.arrow, _texts(place.arrow)
    above = _text(place.x, place.y - 5, value, VALUE) if step >= arrow.forward_at else ""
    arrived = arrow.back_at is not None and step >= arrow.back_at
    return above + (_text(place.x, place.y + 14, gradient, GRADIENT, italic=True) if arrived else "")


def _node(place):
    node, x, y, half, text = place.node, place.x, place.y, _half_width(place.node), _symbol(place.node)
    fill, round_corner = ("#e6e6e6", 3) if node.constant else ("#fff", 15 if node.op else 3)
    box = f"<rect x='{x - half:.0f}' y='{y - 15}' width='{2 * half:.0f}' height='30' rx='{round_corner}'"
    name = _text(x, y - 20, node.name, "#000") if node.op else ""
    return f"{box} fill='{fill}' stroke='#333'/>{_text(x, y + 4, text, '#000')}{name}"


def _total(place, arrows, step):
    """Σ of the messages that have arrived at a node with several users."""
    users = [arrow for arrow in arrows if arrow.source is place.node and arrow.message is not None]
    arrived = [arrow.message for arrow in users if step >= arrow.back_at]
    if len(users) < 2 or not arrived:
        return ""
    return _text(place.x, place.y + 28, "Σ " + _number(sum(arrived)), GRADIENT, italic=True)


def _text(x, y, text, color, italic=False):
    if not text:
        return ""
    style = " font-style='italic'" if italic else ""
    return f"<text x='{x:.0f}' y='{y:.0f}' fill='{color}'{style}>{escape(text)}</text>"


def _texts(arrow):
    """(value, gradient) of an edge; a constant shows its value itself."""
    if arrow.source.constant:
        return "", ""
    return _number(arrow.source.value), "" if arrow.message is None else _number(arrow.message)


def _symbol(node):
    return node.op or node.name or (_number(node.value) if node.constant else "·")


def _half_width(node):
    return max(15, LETTER * len(_symbol(node)) / 2 + 8)


def _number(value):
    """A number, up to three numbers, or the shape and the norm of an array."""
    value = to_numpy(value)
    if value.size == 1:
        return f"{value.item() + 0:.4g}".replace("-", "−")
    if value.shape in ((2,), (3,)):
        return "[" + ", ".join(f"{number:.3g}" for number in value + 0).replace("-", "−") + "]"
    return "×".join(map(str, value.shape)) + f" ‖{float((value * value).sum()) ** 0.5:.3g}‖"

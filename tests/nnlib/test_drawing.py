"""Drawings: what stands where after which step, and that the text is well-formed, small and always the same."""

import re
import subprocess
import sys
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from nnlib import graph
from nnlib.drawing import draw, steps
from nnlib.graph import variable

SVG = "{http://www.w3.org/2000/svg}"


def exponential():
    w1, w2, x = variable(0.5, "w₁"), variable(2.0, "w₂"), variable(3.0, "x")
    u = w1 * x
    u.name = "u"
    return w2 * graph.exp(u)


def two_paths():
    t = variable(0.7, "t")
    x, y = graph.cos(t), t**2
    return y + graph.exp(x * y)


def doubled():
    a = variable(1.0, "a")
    b = a + a
    return b + b


def network():
    """Two inputs, two sigmoid units, a linear output, a squared error; every weight its own node."""
    x1, x2, *w = [variable(0.1 * k - 0.3, f"v{k}") for k in range(11)]
    h1, h2 = graph.sigmoid(w[0] * x1 + w[2] * x2 + w[6]), graph.sigmoid(w[1] * x1 + w[3] * x2 + w[7])
    return (1 - (w[4] * h1 + w[5] * h2 + w[8])) ** 2


def layers():
    rng = np.random.default_rng(0)
    W1, b1, W2 = [variable(rng.standard_normal(shape)) for shape in ((4, 5), (5,), (5, 3))]
    return graph.softmax_cross_entropy([0, 1, 2, 0], graph.relu(np.ones((4, 4)) @ W1 + b1) @ W2)


GRAPHS = (exponential, two_paths, doubled, network, layers)


def texts(svg):
    return [text for text in ElementTree.fromstring(svg).iter(f"{SVG}text") if not list(text)]


def values(svg):
    return sorted(t.text for t in texts(svg) if t.get("fill") == "#00507d")


def gradients(svg):
    return sorted(t.text for t in texts(svg) if t.get("font-style") == "italic")


def test_a_finished_drawing_shows_every_value_and_gradient():
    svg = draw(exponential())
    assert values(svg) == sorted(["0.5", "3", "1.5", "4.482", "2", "8.963"])
    assert gradients(svg) == sorted(["26.89", "4.482", "8.963", "2", "4.482", "1"])
    assert {"w₁", "w₂", "x", "u", "×", "exp"} <= {t.text for t in texts(svg)}


def test_it_steps_forward_then_backward():
    J = exponential()
    assert steps(J) == 10
    assert values(draw(J, 0)) == gradients(draw(J, 0)) == []
    assert values(draw(J, 2)) == ["0.5", "3"]
    assert len(values(draw(J, 5))) == 6 and gradients(draw(J, 5)) == []
    assert gradients(draw(J, 6)) == sorted(["1", "4.482"])
    assert gradients(draw(J, 10)) == gradients(draw(J))


def test_fan_out_shows_the_sum_so_far():
    J = doubled()
    assert [t for t in gradients(draw(J, 5)) if "Σ" in t] == ["Σ 1"]
    assert [t for t in gradients(draw(J, 6)) if "Σ" in t] == ["Σ 2"]
    assert [t for t in gradients(draw(J)) if "Σ" in t] == ["Σ 2", "Σ 4"]


def test_the_edge_of_the_step_is_thick():
    J = two_paths()
    assert [draw(J, k).count("stroke-width='3.5'") for k in range(steps(J) + 1)] == [0] + [1] * steps(J)
    assert "3.5" not in draw(J)


def test_a_constant_is_its_value_and_gets_no_gradient():
    svg = draw(variable(2.0, "a") * 3)
    assert values(svg) == ["2", "6"] and gradients(svg) == ["1", "3"] and "3" in {t.text for t in texts(svg)}


def test_arrays_show_shape_and_norm():
    svg = draw(graph.sum(variable(np.full((3, 4), 2.0)) * [1, 2, 3, -0.5]))
    assert "3×4 ‖6.93‖" in values(svg) and "3×4 ‖3.46‖" in gradients(svg)
    assert "[1, −2]" in values(draw(graph.sum(variable([1.0, -2.0]))))


def test_an_upstream_gradient_can_be_given():
    x = variable([1.0, 2.0])
    assert gradients(draw(x * x, dout=np.array([1.0, 0.0]))) == ["[1, 0]", "[1, 0]", "[1, 0]", "Σ [2, 0]"]


@pytest.mark.parametrize("make", GRAPHS)
def test_the_text_is_well_formed_small_without_ids_and_styles(make):
    svg = draw(make())
    ElementTree.fromstring(svg)
    assert len(svg.encode()) < 500 * (steps(make()) + 4)
    assert not re.search(r" (id|class|style)=|<script|<style|href", svg)
    assert svg._repr_svg_() == svg and type(svg._repr_svg_()) is str and len(repr(svg)) < 60


@pytest.mark.parametrize("make", GRAPHS)
def test_every_step_has_the_same_layout(make):
    def boxes(svg):
        return [rect.attrib for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect")]

    J = make()
    assert all(boxes(draw(J, step)) == boxes(draw(J)) for step in range(steps(J)))


@pytest.mark.parametrize("make", GRAPHS)
def test_no_two_texts_or_nodes_overlap(make):
    svg = draw(make())
    boxes = [text_box(t) for t in texts(svg)]
    labelled = [(float(r.get("x")), float(r.get("y")), float(r.get("width"))) for r in rects(svg)]
    for (x, y), (other_x, other_y) in combinations([(x, y) for x, y, _ in boxes], 2):
        assert abs(y - other_y) >= 10 or abs(x - other_x) >= 20
    for (x, y, w), (other_x, other_y, other_w) in combinations(labelled, 2):
        assert abs(y - other_y) >= 30 or x + w < other_x or other_x + other_w < x


def rects(svg):
    return [r for r in ElementTree.fromstring(svg).iter(f"{SVG}rect") if r.get("x")]


def text_box(text):
    return float(text.get("x")), float(text.get("y")), 7.2 * len(text.text)


@pytest.mark.parametrize("make", GRAPHS)
def test_everything_lies_inside_the_picture(make):
    svg = draw(make())
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    for x, y, w in map(text_box, texts(svg)):
        assert w / 2 - 6 <= x <= width - w / 2 + 6 and 10 <= y <= height - 4


@pytest.mark.parametrize("make", GRAPHS)
def test_arrows_go_to_the_right(make):
    for path in re.findall(r"<path d='(M[^l']*)' stroke", draw(make())):
        across = [float(x) for x in re.findall(r"(?:M|H|C\S+ \S+ \S+ \S+ )(-?\d+)", path)]
        assert across == sorted(across)


def test_names_are_escaped():
    svg = draw(variable(1.0, "<script>alert('&')</script>") * 2)
    assert "<script>" not in svg and "<script>alert('&')</script>" in {t.text for t in texts(svg)}


def test_the_text_is_the_same_in_another_process():
    code = "import test_drawing as t; print(t.draw(t.network()), t.draw(t.two_paths(), 5))"
    found = {
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {[*sys.path, __file__.rpartition('/')[0]]}; {code}"],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {f"{draw(network())} {draw(two_paths(), 5)}\n"}


def test_a_single_variable_can_be_drawn():
    assert "x" in {t.text for t in texts(draw(variable(2.0, "x")))}


def test_what_lies_on_the_gpu_is_drawn_the_same(cupy):
    def squares(make):
        x = variable(make(np.array([1.0, 2.0])), "x")
        return graph.sum(x * x)

    assert draw(squares(cupy.asarray)) == draw(squares(np.asarray))


def test_bad_steps_and_large_graphs_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="step is 11; this graph has steps 0 to 10"):
        draw(exponential(), 11)
    with pytest.raises(ValueError, match="step is -1"):
        draw(exponential(), -1)
    x = variable(1.0)
    for _ in range(200):
        x = graph.exp(x * 0)
    with pytest.raises(ValueError, match="the graph has 601 nodes, more than 200"):
        draw(x)

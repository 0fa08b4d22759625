"""Formulas in what students write: what a course needs is left alone, and nothing paints over Formgrader's page."""

import re

import nbformat
import pytest

from autograder.notebook.showable import neutral


def test_no_formula_covers_the_page():
    assert neutral("$\\rule{9999em}{9999em} \\kern-9em \\sum_i \\summit$") == (
        "$\\ rule{9999em}{9999em} \\ kern-9em \\sum_i \\ summit$"
    )


@pytest.mark.parametrize("space", ["{-9em}", "*{-9em}", "{999em}", "-9em", "{9em-9em}", " {1em}", "{1}", "{\\x}"])
def test_space_is_short_and_to_the_right(space):
    assert neutral(f"$a\\hspace{space}b$") == f"$a\\ hspace{space}b$"
    assert neutral(f"$a\\mspace{space}b$") == f"$a\\ mspace{space}b$"


def formulas(root):
    """Every formula in the Markdown of lectures and assignments."""
    for path in sorted([*root.glob("lectures/*.ipynb"), *root.glob("assignments/*/*.ipynb")]):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from re.findall(r"\$\$.+?\$\$|\$.+?\$", cell.source, re.DOTALL)


def test_every_formula_of_the_course_can_be_written_in_an_answer(root):
    found = set(formulas(root))
    assert len(found) > 200
    assert [one for one in found if neutral(one) != re.sub(r"<(?=[A-Za-z])", "< ", one)] == []


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial J}{\partial \mathbf{w}} = \frac1m X^\top (\hat{y} - y) \tag{1}",
        r"\begin{aligned} a &= \sum_{i=1}^{n} x_i \\[4pt] b &\le \left\lVert \tilde W \right\rVert_F^2 \end{aligned}",
        r"\begin{pmatrix} 1 & \cdots \\ \vdots & \ddots \end{pmatrix} \in \mathbb{R}^{m \times n}",
        r"f(x) = \begin{cases} x & \text{if } x > 0, \\ 0 & \text{otherwise} \end{cases}",
        r"\sigma(z) = \frac{1}{1 + e^{-z}}, \quad \operatorname*{arg\,max}_\theta \log p_\theta \; \Bigl( \Bigr)",
        r"\underbrace{\nabla_W L}_{\text{gradient}} \approx \mathbb{E}_p[\ell] \iff \lim_{h \to 0} O(h)",
        r"\int_0^\infty \sqrt[3]{x}\,\mathrm{d}x \neq \overline{z} \cdot \vec v \odot \dot u \otimes \boldsymbol{\mu}",
        r"\binom{n}{k} \hspace{1cm} \hspace{.5em} \stackrel{!}{=} \lfloor x \rfloor \Rightarrow \forall \delta",
    ],
)
def test_ordinary_mathematics_is_left_alone(formula):
    for text in (f"${formula}$", f"$$\n{formula}\n$$", f"Since ${formula}$, it holds."):
        assert neutral(text) == text

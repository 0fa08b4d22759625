"""How near is near enough. (`practice_words.compare` compares, and says how far off and in which way.)"""

from typing import Any

import numpy as np

from practice_words import numeric

RTOL = 1e-9  # of values
# Of gradients: formulas come within 4e-15, differences of fourth order at their best step within 3e-13. Those of order
# 8 and more, those of a quadratic cost, and any taken in more digits than float64 has come as near as formulas do: no
# tolerance tells them apart, and staff_notes.py looks for them elsewhere.
EXACT = 5e-14
ROUNDED = 1e-5  # of what is made of others' values in another form


def compare_carried(got: Any, want: np.ndarray, rtol: float) -> tuple[str | None, str]:
    """As `compare`, whatever `rtol`: (None, "") when `got` is `want` but for rounding, which adds up in other ways in
    another form (float32 among what it is made of, even), and not finite where that is not; ("", "") else.
    """
    array, finite = numeric(got), np.isfinite(want)
    if array is None or array.shape != want.shape or np.any(np.isfinite(array) != finite):
        return "", ""
    scale = np.max(np.abs(want), initial=0.0, where=finite) or 1.0
    off = np.abs(array.astype(np.float64) - want, where=finite, out=np.zeros(want.shape))
    return (None if np.all(off <= ROUNDED * scale) else ""), ""

"""nnlib: the neural networks of the course in plain NumPy, each value with its derivative beside it.

Examples are rows: X is (m, n), y is (m,); a layer is Z = X W + b; a cost is the mean over the m rows.
Import what you need by name, `from nnlib.activations import sigmoid`; the package itself imports nothing.
"""

__version__ = "0.1.0"

"""What every layer of `layers` is: the contract, and the parts all share.

    out = layer.forward(x, training=True)    x (m, n), one example a row
    dx = layer.backward(dout)                after a forward with training=True; dout has the shape of out
    layer.parameters, layer.gradients        dict of name → array; backward writes the gradients in place

dout is ∂J/∂out and carries the 1/m of the mean already: gradients are sums over rows. x and dout are never modified.
What forward and backward return are the layer's own buffers, valid until its next call: copy what you want to keep.
x is kept, not copied, until backward. While shapes stay the same no array the size of a batch or a parameter is made.
Results have the dtype of x, which a layer with parameters must share. Wrong shapes or dtypes raise ValueError,
backward without forward RuntimeError.
"""

from types import MappingProxyType

import numpy as np

from nnlib.backend import array_module, to_device


class Layer:
    """What all layers share: named arrays, their device, and buffers made when a batch of a new shape comes.

    `parameters` are trained, `state` is not (the running statistics of batch normalisation). The dicts are fixed;
    change the arrays in place, `parameters["W"][...] = values`.
    """

    def __init__(self, parameters=None, state=None):
        self.parameters = MappingProxyType(parameters or {})
        self.gradients = MappingProxyType({name: np.zeros_like(value) for name, value in self.parameters.items()})
        self.state = MappingProxyType(state or {})
        self._batch = None  # shape and dtype the buffers were made for
        self._x = None  # what backward needs of forward

    def to_device(self, device):
        """Moves the layer's arrays to "cpu", "gpu" or "auto" (see `backend.to_device`) and returns the layer."""
        for name in ("parameters", "gradients", "state"):
            moved = {key: to_device(value, device) for key, value in getattr(self, name).items()}
            setattr(self, name, MappingProxyType(moved))
        return self

    def _prepare(self, x, training):
        if (x.shape, x.dtype, type(x)) != self._batch:
            self._check(x)
            self._make_buffers(x, array_module(x))
            self._batch = x.shape, x.dtype, type(x)
        self._x = x if training else None

    def _check(self, x):
        if x.dtype.kind != "f":
            raise ValueError(f"{type(self).__name__} was given {x.dtype}; expected floats: convert x with astype.")

    def _make_buffers(self, x, xp):
        self.out, self.dx = xp.empty_like(x), xp.empty_like(x)

    def _after_forward(self, dout):
        """x of the last forward; errors if there was none with training=True, or it returned another shape."""
        if self._x is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward with training=True before it.")
        if dout.shape != self.out.shape:
            raise ValueError(
                f"{type(self).__name__}.backward was given dout of shape {dout.shape}; "
                f"expected that of forward's result, {self.out.shape}."
            )
        return self._x

"""A network's numbers on disk: an .npz file of plain arrays by name, nothing that could run when it is read."""

from zipfile import BadZipFile

import numpy as np

from nnlib.backend import array_module, to_numpy


def arrays(model):
    """All that training changes: `model.parameters` and `model.state` (running statistics), name → the array itself."""
    return {**model.parameters, **model.state}


def copied(model):
    """The arrays as they are now, for `put` to bring back."""
    return {name: array.copy() for name, array in arrays(model).items()}


def put(values, model):
    """`values`, name → array of any dtype, into the model's arrays, in place."""
    for name, array in arrays(model).items():
        array[...] = array_module(array).asarray(values[name])


def save_parameters(path, model):
    """Write the model's parameters and state to `path`, by convention ending in .npz; an existing file is replaced."""
    with open(path, "wb") as file:  # given a name instead of a file, savez would add .npz to it
        np.savez(file, **{name: to_numpy(array) for name, array in arrays(model).items()})


def load_parameters(path, model):
    """Put the numbers saved in `path` into the model's arrays, in place, in their dtype and on their device.

    The model is built first, by the code that built the saved one. Raises ValueError, and changes nothing, if the file
    is not such a file or the names or shapes are not the model's.
    """
    stored, own = _read(path), arrays(model)
    if set(stored) != set(own):
        raise ValueError(f"{path} holds {sorted(stored)}, the model has {sorted(own)}; build the model that was saved.")
    for name, array in own.items():
        if stored[name].shape != array.shape:
            raise ValueError(f"{name} has shape {stored[name].shape} in {path}, {array.shape} in the model; match it.")
    put(stored, model)


def _read(path):
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(stored)
    except (ValueError, EOFError, TypeError, AttributeError, BadZipFile) as error:  # not .npz, or .npz of objects
        raise ValueError(f"{path} was not written by save_parameters; give the path of a file that was.") from error

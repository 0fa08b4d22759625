"""The stand-in for CuPy: it answers where CuPy answers, and refuses where CuPy would."""

import numpy as np
import pytest

from nnlib.backend import array_module, gpu_available, to_numpy
from nnlib.stand_in import in_place_of_cupy, where_it_runs

ONES = np.ones(3)


@pytest.fixture
def z(cupy):
    return cupy.asarray(np.array([-2.0, 0.0, 3.0]))


@pytest.mark.parametrize(
    "answered",
    [
        lambda xp, z: np.exp(z),
        lambda xp, z: np.maximum(z, 0),
        lambda xp, z: np.float64(2) * z,
        lambda xp, z: np.where(z > 0, z, 1),
        lambda xp, z: np.zeros_like(z),
        lambda xp, z: np.stack([z, z]).sum(axis=0),
        lambda xp, z: np.append(0.0, z),
        lambda xp, z: np.percentile(z, (25, 75)),
        lambda xp, z: np.linalg.solve(np.stack([z, z + 1, z * z]) + xp.asarray(np.eye(3)), z),
        lambda xp, z: np.take_along_axis(z, z.argmax(axis=0)[None], axis=0),
        lambda xp, z: np.matmul(z, z),
    ],
)
def test_numpys_functions_give_the_same_on_the_device(answered, cupy, z):
    result = answered(cupy, z)
    assert type(result) is type(z) and np.array_equal(to_numpy(result), answered(np, to_numpy(z)))


def test_an_array_may_be_written_to(cupy, z):
    z -= 1
    z *= z
    assert np.exp(z, out=z) is z and z[1].get() == np.e
    z[:2] = np.zeros_like(z[:2])
    assert z.get()[:2].tolist() == [0, 0]


@pytest.mark.parametrize(
    "refused",
    [
        lambda xp, z: z + ONES,
        lambda xp, z: ONES * z,
        lambda xp, z: np.array(2.0) * z,
        lambda xp, z: np.add(z, ONES),
        lambda xp, z: np.add(z, z, out=ONES.copy()),
        lambda xp, z: np.add(ONES, ONES, out=z),
        lambda xp, z: np.where(z > 0, ONES, z),
        lambda xp, z: np.concatenate([z, ONES]),
        lambda xp, z: np.copyto(ONES.copy(), z),
        lambda xp, z: xp.exp(ONES),
        lambda xp, z: z.__setitem__(0, ONES[:1]),
        lambda xp, z: z.__getitem__(ONES > 0),
        lambda xp, z: z.__iadd__(ONES),
        lambda xp, z: ONES.__setitem__(slice(None), z),
        lambda xp, z: np.asarray(z),
        lambda xp, z: np.array(z),
        lambda xp, z: np.multiply(z, [1.0, 2.0, 3.0]),
        lambda xp, z: np.add.reduce(z),
        lambda xp, z: np.exp(z, where=z > 0),
        lambda xp, z: np.vecdot(z, z),
        lambda xp, z: np.insert(z, 0, 1.0),
        lambda xp, z: np.linalg.vector_norm(z),
    ],
)
def test_mixing_converting_and_what_cupy_lacks_is_refused(refused, cupy, z):
    with pytest.raises(TypeError):
        refused(cupy, z)


def test_a_function_that_cupy_lacks_is_not_in_the_module(cupy):
    with pytest.raises(AttributeError):
        _ = cupy.insert


def test_after_the_block_all_is_as_it_was():
    before = gpu_available()
    with in_place_of_cupy():
        assert gpu_available()
    assert gpu_available() == before


def counted(z):
    return (z[:, None] == array_module(z).arange(3)).sum(axis=0)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (counted, "it runs there, with NumPy's numbers"),
        (lambda z: z @ np.ones(3), "refused, TypeError: a NumPy array was mixed with a CuPy array"),
        (
            lambda z: np.zeros(3) if array_module(z) is np else counted(z),
            "it runs there, with other numbers than on NumPy",
        ),
        (lambda z: np.ones(3), "it runs, but its result is a NumPy array: it left the device"),
    ],
)
@pytest.mark.skipif(gpu_available(), reason="a GPU answers in the stand-in's place")
def test_it_is_told_where_a_function_runs(function, said):
    told = where_it_runs(function, np.array([2, 0, 2]))
    assert told == f"no GPU: ran on NumPy\non a strict stand-in for CuPy (worth no points): {said}"

"""What is saved comes back to the bit; what does not fit is refused whole, in one sentence."""

import pickle

import numpy as np
import pytest

from nnlib.backend import to_numpy
from nnlib.checkpoint import arrays, load_parameters, save_parameters
from nnlib.layers import BatchNorm, Linear, Sequential


def network(seed, n_hidden=4, dtype=np.float64):
    rng = np.random.default_rng(seed)
    model = Sequential(Linear(3, n_hidden, rng=rng, dtype=dtype), BatchNorm(n_hidden, dtype=dtype))
    model.forward(rng.standard_normal((5, 3)).astype(dtype), training=True)  # moves the running statistics
    return model


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model"


def test_parameters_and_running_statistics_come_back_to_the_bit(path):
    saved, other = network(0), network(1)
    held = arrays(other)
    save_parameters(path, saved)
    load_parameters(path, other)
    assert all(arrays(other)[name].tobytes() == array.tobytes() for name, array in arrays(saved).items())
    assert all(arrays(other)[name] is array for name, array in held.items())  # in place
    assert set(held) == {"0.W", "0.b", "1.gamma", "1.beta", "1.mean", "1.variance"}
    x = np.ones((2, 3))
    assert np.array_equal(saved.forward(x), other.forward(x))


def test_the_file_is_the_one_named_and_holds_plain_arrays(path):
    save_parameters(path, network(0))
    save_parameters(path, network(1))
    assert [p.name for p in path.parent.iterdir()] == ["model"]
    with np.load(path, allow_pickle=False) as stored:
        assert np.array_equal(stored["0.W"], network(1).parameters["0.W"])


def test_the_model_keeps_its_dtype(path):
    save_parameters(path, network(0))
    model = network(1, dtype=np.float32)
    load_parameters(path, model)
    assert model.parameters["0.W"].dtype == np.float32
    assert np.allclose(model.parameters["0.W"], network(0).parameters["0.W"], rtol=1e-6)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (lambda: network(1, n_hidden=5), r"^0\.W has shape \(3, 4\) in .*model, \(3, 5\) in the model; match it\.$"),
        (lambda: Linear(3, 4, rng=np.random.default_rng(0)), r"holds .*'0\.W'.*, the model has \['W', 'b'\]; build"),
    ],
)
def test_another_model_is_refused_and_left_alone(other, sentence, path):
    save_parameters(path, network(0))
    model = other()
    before = {name: array.copy() for name, array in arrays(model).items()}
    with pytest.raises(ValueError, match=sentence):
        load_parameters(path, model)
    assert all(np.array_equal(array, before[name]) for name, array in arrays(model).items())


def test_a_shape_found_wrong_late_leaves_the_early_arrays_alone(path):
    save_parameters(path, network(0))
    with np.load(path) as stored:
        content = dict(stored)
    content["1.variance"] = np.ones(9)
    with open(path, "wb") as file:
        np.savez(file, **content)
    model = network(1)
    with pytest.raises(ValueError, match=r"1\.variance has shape \(9,\)"):
        load_parameters(path, model)
    assert np.array_equal(model.parameters["0.W"], network(1).parameters["0.W"])


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


def damaged(path):
    path.write_bytes(path.read_bytes()[:-30])


def objects(path):
    with open(path, "wb") as file:
        np.savez(file, **{"0.W": np.array([Trap()], dtype=object)})


@pytest.mark.parametrize(
    "spoil",
    [
        damaged,
        objects,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"hello"),
        lambda path: path.write_bytes(pickle.dumps(Trap())),
        lambda path: path.write_bytes(pickle.dumps({"0.W": 1})),
        lambda path: np.save(path.open("wb"), np.ones(3)),
    ],
)
def test_other_files_are_refused_and_nothing_in_them_is_run(spoil, path):
    save_parameters(path, network(0))
    spoil(path)
    with pytest.raises(ValueError, match="was not written by save_parameters; give the path"):
        load_parameters(path, network(1))


def test_a_file_that_is_not_there_is_said_to_be_missing(path):
    with pytest.raises(FileNotFoundError):
        load_parameters(path, network(0))


def test_numbers_saved_on_one_device_load_on_either(device, path):
    model = network(0).to_device(device)
    save_parameters(path, model)
    here, there = network(1), network(1).to_device(device)
    load_parameters(path, here)
    load_parameters(path, there)
    assert np.array_equal(here.parameters["0.W"], to_numpy(there.parameters["0.W"]))
    assert type(there.parameters["0.W"]) is type(model.parameters["0.W"])

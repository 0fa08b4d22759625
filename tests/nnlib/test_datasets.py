"""Shipped data are what they say, and made-up data depend on the Generator alone."""

import gzip
import hashlib
import socket
import struct

import numpy as np
import pytest

from nnlib import datasets
from nnlib.datasets import (
    blobs,
    curve,
    load_breast_cancer,
    load_digits,
    load_mnist,
    moons,
    spirals,
    three_points,
    train_test_split,
)


def test_breast_cancer_is_the_known_set_with_malignant_as_one():
    data = load_breast_cancer()
    assert data.X.shape == (569, 30) and data.X.dtype == np.float64 and data.y.dtype == np.int64
    assert data.y.sum() == 212 and data.target_names == ("benign", "malignant")
    assert data.feature_names[0] == "mean radius" and len(data.feature_names) == 30
    assert data.X[0, 0] == 17.99 and data.y[0] == 1
    radius = data.X[:, 0]
    assert radius[data.y == 1].mean() > radius[data.y == 0].mean()  # malignant nuclei are larger


def test_digits_is_the_known_set():
    data = load_digits()
    assert data.X.shape == (1797, 64) and data.X.dtype == np.float64
    assert data.X.min() == 0 and data.X.max() == 16 and data.y[:10].tolist() == list(range(10))
    assert np.bincount(data.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


@pytest.mark.parametrize("name", datasets.SHA256)
def test_a_changed_file_is_refused_with_one_sentence(name, tmp_path, monkeypatch):
    content = bytearray((datasets.DATA / name).read_bytes())
    content[-1] ^= 1
    (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    with pytest.raises(ValueError, match=rf"^nnlib/data/{name} is not the file that was shipped .*; install nnlib"):
        datasets._read(name)


def test_shipped_files_are_small_and_described_with_their_sums():
    readme = (datasets.DATA / "README.md").read_text()
    for name, digest in datasets.SHA256.items():
        assert (datasets.DATA / name).stat().st_size < 200_000
        assert name in readme and digest in readme
    assert "CC BY 4.0" in readme


@pytest.mark.parametrize(
    ("gate", "truth"), [("and_gate", [0, 0, 0, 1]), ("or_gate", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0])]
)
def test_truth_tables(gate, truth):
    X, y = getattr(datasets, gate)()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]] and y.tolist() == truth and X.dtype == np.float64


def test_three_points_are_inseparable():
    x, y = three_points()
    assert x.shape == (3, 1) and y[np.argsort(x[:, 0])].tolist() == [1, 0, 1]


@pytest.mark.parametrize("make", [blobs, moons])
@pytest.mark.parametrize("m", [1, 7, 40])
def test_made_up_sets_are_balanced_and_reproducible(make, m):
    (X, y), (again, labels) = make(m, np.random.default_rng(3)), make(m, np.random.default_rng(3))
    assert X.shape == (m, 2) and y.shape == (m,) and set(y) <= {0, 1}
    assert abs(2 * y.sum() - m) <= 1
    assert np.array_equal(X, again) and np.array_equal(y, labels)
    assert not np.array_equal(X, make(m, np.random.default_rng(4))[0])


def test_blobs_lie_around_their_centres(rng):
    centres = np.array([[0.0, 10.0, 0.0], [10.0, 0.0, 0.0], [0.0, 0.0, 10.0]])
    X, y = blobs(300, rng, centres=centres)
    assert all(np.allclose(X[y == k].mean(axis=0), centres[k], atol=0.5) for k in range(3))


def test_moons_without_noise_lie_on_two_half_circles(rng):
    X, y = moons(50, rng, noise=0)
    assert np.allclose(np.hypot(*X[y == 0].T), 1) and np.allclose(np.hypot(*(X[y == 1] - [1, 0.5]).T), 1)
    assert X[y == 0, 1].min() >= 0 and X[y == 1, 1].max() <= 0.5


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_spirals_without_noise_turn_and_are_arms_of_one_shape(arms, rng):
    X, y = spirals(20 * arms, rng, arms=arms, noise=0)
    radius = np.hypot(*X.T)
    turned = np.exp(-1j * (2 * np.pi * y / arms + 1.25 * np.pi * radius))
    assert np.allclose((X[:, 0] + 1j * X[:, 1]) * turned, radius) and radius.max() <= 1
    assert np.bincount(y).tolist() == [20] * arms
    noisy = spirals(20 * arms, np.random.default_rng(0), arms=arms, noise=0.2)[0]
    assert np.array_equal(noisy, spirals(20 * arms, np.random.default_rng(0), arms=arms, noise=0.2)[0])


def test_a_curve_is_its_function_and_noise_of_the_size_said(rng):
    X, y = curve(np.sin, 40, rng, low=-2, high=2, noise=0)
    assert X.shape == (40, 1) and np.array_equal(y, np.sin(X[:, 0]))
    assert X.min() >= -2 and X.max() < 2 and (np.diff(X[:, 0]) > 0).all()
    X, y = curve(np.sin, 4000, rng, noise=0.3)
    assert abs((y - np.sin(X[:, 0])).std() - 0.3) < 0.02


def idx(values):
    """Pixels or labels in LeCun's format."""
    values = np.asarray(values, dtype=np.uint8)
    return gzip.compress(struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes())


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder with a small MNIST in it, its sums known, standing for the mirrors; no other address is asked."""
    images = np.arange(3 * 784).reshape(3, 28, 28) % 256
    content = {"train-images-idx3-ubyte.gz": idx(images), "train-labels-idx1-ubyte.gz": idx([5, 0, 4])}
    content |= {"t10k-images-idx3-ubyte.gz": idx(images[:2] + 1), "t10k-labels-idx1-ubyte.gz": idx([7, 2])}
    folder = tmp_path / "mirror"
    folder.mkdir()
    for name, data in content.items():
        (folder / name).write_bytes(data)
    monkeypatch.setattr(datasets, "MNIST_SHA256", {n: hashlib.sha256(d).hexdigest() for n, d in content.items()})
    monkeypatch.setattr(datasets, "MNIST_MIRRORS", ((tmp_path / "gone").as_uri() + "/", folder.as_uri() + "/"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_mnist_is_downloaded_once_and_then_read_from_the_cache(mirror, tmp_path):
    train, test = load_mnist()
    assert train.X.shape == (3, 784) and train.X.dtype == np.float32 and train.y.tolist() == [5, 0, 4]
    assert train.X[0, :3].tolist() == [0, 1, 2] and train.y.dtype == np.int64
    assert test.X.shape == (2, 784) and test.X[0, 0] == 1 and len(test.feature_names) == 784
    for path in mirror.iterdir():
        path.unlink()
    again = load_mnist()
    assert np.array_equal(again[0].X, train.X)
    assert sorted(p.name for p in (tmp_path / "cache/nnlib/mnist").iterdir()) == sorted(datasets.MNIST_SHA256)


def test_a_damaged_cached_file_is_fetched_again(mirror, tmp_path):
    load_mnist(tmp_path / "here")
    (tmp_path / "here" / "t10k-labels-idx1-ubyte.gz").write_bytes(b"half a fi")
    assert load_mnist(tmp_path / "here")[1].y.tolist() == [7, 2]


def test_another_file_from_the_mirror_is_refused_and_not_kept(mirror, tmp_path):
    (mirror / "train-labels-idx1-ubyte.gz").write_bytes(idx([1, 2, 3]))
    with pytest.raises(OSError, match="train-labels-idx1-ubyte.gz could not .* sent another file") as caught:
        load_mnist()
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "cache/nnlib/mnist/train-labels-idx1-ubyte.gz").exists()


def test_without_a_network_the_message_says_what_to_do(tmp_path, monkeypatch):
    def offline(*args, **kwargs):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(OSError, match="could not be downloaded .*name resolution.* or put the four files") as caught:
        load_mnist(tmp_path / "none")
    assert str(tmp_path / "none") in str(caught.value) and not (tmp_path / "none").exists()


def test_mnists_sums_are_sha256_of_four_files_and_the_mirrors_are_https():
    assert len(datasets.MNIST_SHA256) == 4 and {len(digest) for digest in datasets.MNIST_SHA256.values()} == {64}
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in datasets.MNIST_MIRRORS)


@pytest.mark.parametrize("stratify", [True, False])
def test_a_split_keeps_every_row_once_with_its_label(stratify, rng):
    X = np.arange(50.0)[:, None]
    y = (np.arange(50) % 5 == 0).astype(int)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_fraction=0.2, rng=rng, stratify=stratify)
    assert len(y_test) == len(X_test) == 10 and len(y_train) == len(X_train) == 40
    assert sorted(np.concatenate([X_train, X_test])[:, 0]) == list(range(50))
    assert np.array_equal(y_test, X_test[:, 0] % 5 == 0) and np.array_equal(y_train, X_train[:, 0] % 5 == 0)
    assert y_test.sum() == 2 or not stratify


def test_a_split_depends_on_the_generator_alone():
    X, y = blobs(30, np.random.default_rng(0))
    split = [train_test_split(X, y, test_fraction=0.3, rng=np.random.default_rng(s))[1] for s in (1, 1, 2)]
    assert np.array_equal(split[0], split[1]) and not np.array_equal(split[0], split[2])


@pytest.mark.parametrize(
    ("rows", "labels", "fraction", "sentence"),
    [(4, 4, 0, "test_fraction is 0"), (4, 4, 1, "test_fraction is 1"), (4, 3, 0.5, "y has 3"), (1, 1, 0.2, "few")],
)
def test_impossible_splits_are_refused(rows, labels, fraction, sentence, rng):
    with pytest.raises(ValueError, match=sentence):
        train_test_split(np.ones((rows, 1)), np.ones(labels), test_fraction=fraction, rng=rng)

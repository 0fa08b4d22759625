"""Data of the course: two real sets shipped with `nnlib`, MNIST by download, and small made-up ones.

Real sets come as a `Dataset`, made-up ones as (X, y). Examples are rows; chance comes from the Generator you pass.
"""

import gzip
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
SHA256 = {
    "breast_cancer.npz": "800c104b884e03c6947fd566109677223c3f1d07c3666d23c7113d2476302b00",
    "digits.npz": "2d28346bf72c385e9cdfc05022472dc2715ae52f1ee355de75177fd85565fb2f",
}
MNIST_MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
MNIST_SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MNIST_LARGEST = 12_000_000  # bytes; the largest of the four files has 9.9 million


@dataclass(frozen=True, eq=False)
class Dataset:
    """X (m, n) float64; y (m,) int64, class k is called target_names[k]; column j of X is feature_names[j]."""

    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    description: str


def load_breast_cancer():
    """569 biopsies × 30 measurements of cell nuclei; y = 1 is **malignant** (212), y = 0 benign (357).

    The event predicted, P(y = 1 | x), is the illness; scikit-learn's copy of these data labels it the other way round.
    Source: Wolberg, Mangasarian, Street & Street, Breast Cancer Wisconsin (Diagnostic), UCI, 1993, CC BY 4.0.
    """
    stored = _read("breast_cancer.npz")
    description = "Breast Cancer Wisconsin (Diagnostic), UCI 1993: 569 biopsies, 30 measurements; 1 = malignant."
    names = tuple(str(name) for name in stored["feature_names"])
    return Dataset(stored["X"], stored["y"].astype(np.int64), names, ("benign", "malignant"), description)


def load_digits():
    """1797 handwritten digits as 8×8 images, rows of 64 grey values 0 … 16 (float64); y is the digit 0 … 9.

    Source: Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (test part), UCI, 1998, CC BY 4.0.
    """
    stored = _read("digits.npz")
    names = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    description = "Optical Recognition of Handwritten Digits, UCI 1998: 1797 images of 8×8 pixels, values 0 to 16."
    return Dataset(stored["X"].astype(float), stored["y"].astype(np.int64), names, tuple("0123456789"), description)


def load_mnist(cache=None):
    """MNIST as (train, test): 60,000 and 10,000 digits of 28×28 pixels, X (m, 784) float32 grey values 0 … 255.

    The first call downloads 11.6 MB into `cache` (by default nnlib/mnist in $XDG_CACHE_HOME, else in ~/.cache); later
    calls read them there. Every read is checked by SHA-256. Raises OSError, saying what to do, when a file is not in
    the cache and no mirror sends it. Source: LeCun, Cortes & Burges, The MNIST database of handwritten digits, 1998.
    """
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = Path(cache) if cache else caches / "nnlib" / "mnist"
    return tuple(_mnist_part(cache, part) for part in ("train", "t10k"))


def and_gate():
    """The truth table of AND: X (4, 2) float64, y (4,) int64, rows in the order 00, 01, 10, 11."""
    return _truth_table(0, 0, 0, 1)


def or_gate():
    """The truth table of OR, rows as in `and_gate`."""
    return _truth_table(0, 1, 1, 1)


def xor():
    """The truth table of exclusive or, rows as in `and_gate`; no line separates its classes."""
    return _truth_table(0, 1, 1, 0)


def three_points():
    """x = -1, 1, 3 with labels 1, 0, 1: X (3, 1), y (3,). No threshold on x separates them."""
    return np.array([[-1.0], [1.0], [3.0]]), np.array([1, 0, 1])


def blobs(m, rng, *, centres=((-1.5, -1.0), (1.5, 1.0))):
    """m points of Gaussian clouds of unit variance around `centres`: X (m, n), y (m,) the cloud's number.

    Clouds have equal sizes (to within one) and rows come in random order; the two default clouds overlap a little.
    """
    centres = np.asarray(centres, dtype=float)
    y = rng.permutation(np.arange(m) % len(centres))
    return centres[y] + rng.standard_normal((m, centres.shape[1])), y


def moons(m, rng, noise=0.1):
    """m points on two interleaving half circles, moved by Gaussian noise of that size: X (m, 2), y (m,) in {0, 1}."""
    y = rng.permutation(np.arange(m) % 2)
    angle = rng.uniform(0, np.pi, m)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    # the second moon is the first turned by half a circle and shifted
    X = np.where(y[:, None] == 0, circle, [1.0, 0.5] - circle)
    return X + noise * rng.standard_normal((m, 2)), y


def spirals(m, rng, *, arms=3, noise=0.1):
    """m points on spiral arms around the origin, one class an arm: X (m, 2), radius up to 1; y (m,) in 0 … arms - 1.

    `noise` is the standard deviation of the angle in radians. After the CS231n notes; no line separates the arms.
    """
    y = rng.permutation(np.arange(m) % arms)
    radius = rng.uniform(0.05, 1, m)
    # an arm makes five eighths of a turn from the centre to the rim
    angle = 2 * np.pi * y / arms + 1.25 * np.pi * radius + noise * rng.standard_normal(m)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), y


def curve(f, m, rng, *, low=0.0, high=1.0, noise=0.1):
    """Regression: m noisy points of y = f(x), X (m, 1) uniform in [low, high) and ascending, y (m,) float64.

    f takes and returns (m,) arrays; `noise` is the standard deviation of the Gaussian added to it.
    """
    x = np.sort(rng.uniform(low, high, m))
    return x[:, None], f(x) + noise * rng.standard_normal(m)


def train_test_split(X, y, *, test_fraction, rng, stratify=True):
    """Split the rows at random: X_train, X_test, y_train, y_test.

    With `stratify` every class gives the same share of its rows (rounded) to the test part; without, the rows are drawn
    regardless of y. Raises ValueError if test_fraction is not in (0, 1), lengths differ, or a part would be empty.
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction is {test_fraction}; expected a share strictly between 0 and 1.")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows, y has {len(y)}; expected one label a row.")
    groups = [np.flatnonzero(y == label) for label in np.unique(y)] if stratify else [np.arange(len(y))]
    test = np.zeros(len(y), dtype=bool)
    for rows in groups:
        test[rng.permutation(rows)[: round(test_fraction * len(rows))]] = True
    if test.all() or not test.any():
        raise ValueError(f"{len(y)} rows are too few to give {test_fraction:.0%} to the test part; use more rows.")
    into_train, into_test = rng.permutation(np.flatnonzero(~test)), rng.permutation(np.flatnonzero(test))
    return X[into_train], X[into_test], y[into_train], y[into_test]


def _truth_table(*y):
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array(y)


def _read(name):
    content = (DATA / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ValueError(f"nnlib/data/{name} is not the file that was shipped (SHA-256 differs); install nnlib again.")
    return dict(np.load(io.BytesIO(content), allow_pickle=False))


def _mnist_part(cache, part):
    images, labels = (_idx(_fetched(cache, f"{part}-{kind}-ubyte.gz")) for kind in ("images-idx3", "labels-idx1"))
    names = tuple(f"pixel {row},{column}" for row in range(28) for column in range(28))
    X, y = images.reshape(len(images), -1).astype(np.float32), labels.astype(np.int64)
    return Dataset(X, y, names, tuple("0123456789"), f"MNIST, {part} part: {len(y)} images of 28×28 pixels, 0 to 255.")


def _idx(content):
    """LeCun's IDX format: two zero bytes, 8 for "unsigned byte", the number of axes, their sizes, the values."""
    content = gzip.decompress(content)
    shape = np.frombuffer(content, ">u4", count=content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(shape)


def _fetched(cache, name):
    """The bytes of one MNIST file, from the cache or else a mirror; a damaged copy in the cache is replaced."""
    path = cache / name
    if path.exists() and _is_mnist(content := path.read_bytes(), name):
        return content
    content = _downloaded(cache, name)
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)  # two first calls at once each put a whole file there
    return content


def _downloaded(cache, name):
    from urllib.request import urlopen  # 30 ms that only a first call pays

    reasons = []
    for mirror in MNIST_MIRRORS:
        try:
            with urlopen(mirror + name, timeout=30) as response:
                content = response.read(MNIST_LARGEST)
        except OSError as error:
            reasons.append(f"{mirror} {getattr(error, 'reason', error)}")
            continue
        if _is_mnist(content, name):
            return content
        reasons.append(f"{mirror} sent another file (SHA-256 differs)")
    raise OSError(
        f"MNIST's {name} could not be downloaded ({'; '.join(reasons)}): run this once where there is a network, "
        f"or put the four files {', '.join(MNIST_SHA256)} into {cache}."
    )


def _is_mnist(content, name):
    return hashlib.sha256(content).hexdigest() == MNIST_SHA256[name]

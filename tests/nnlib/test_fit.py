"""fit: one epoch by hand, equal bits from equal seeds, the best epoch kept, and a history that is what it says."""

import subprocess
import sys

import numpy as np
import pytest

from nnlib.backend import to_device
from nnlib.checkpoint import arrays
from nnlib.datasets import curve, spirals
from nnlib.layers import BatchNorm, Dropout, Linear, ReLU, Sequential
from nnlib.losses import (
    Loss,
    SoftmaxCrossEntropy,
    log_loss_from_logits,
    log_loss_from_logits_gradient,
    softmax_cross_entropy,
    squared_error,
    squared_error_gradient,
)
from nnlib.metrics import accuracy, predicted_labels
from nnlib.optimizers import SGD, Adam, Momentum
from nnlib.training import fit, minibatches

X, Y = spirals(90, np.random.default_rng(1))
X_VALID, Y_VALID = spirals(60, np.random.default_rng(2), noise=0.4)


def network(seed=0, width=24, dropout=0.2, dtype=np.float64):
    """Every kind of layer that keeps something: weights, running statistics, random masks."""
    rng = np.random.default_rng(seed)
    return Sequential(
        Linear(2, width, rng=rng, dtype=dtype),
        BatchNorm(width, dtype=dtype),
        ReLU(),
        Dropout(dropout, rng),
        Linear(width, 3, rng=rng, dtype=dtype),
    )


def trained(epochs=6, seed=3, model=None, optimizer=None, X=X, y=Y, size=25, **settings):
    model, optimizer = model or network(), optimizer or Adam(0.02)
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    loss = SoftmaxCrossEntropy()
    return model, fit(model, loss, optimizer, X, y, epochs=epochs, batch_size=size, rng=rng, **settings)


def same_bits(first, second):
    a, b = arrays(first), arrays(second)
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def test_an_epoch_of_linear_regression_by_hand(rng):
    X, y = curve(lambda x: 2 * x - 1, 10, rng, noise=0.2)
    model = Linear(1, 1, rng=rng)
    W, b, costs = model.parameters["W"].copy(), model.parameters["b"].copy(), []
    for X_batch, y_batch in minibatches(X, y[:, None], 4, np.random.default_rng(5)):
        error = X_batch @ W + b - y_batch
        costs.append((error**2).sum() / (2 * len(error)))
        W, b = W - 0.3 * X_batch.T @ error / len(error), b - 0.3 * error.sum(axis=0) / len(error)
    loss = Loss(squared_error, squared_error_gradient)
    history = fit(model, loss, SGD(0.3), X, y[:, None], epochs=1, batch_size=4, rng=np.random.default_rng(5))
    assert np.allclose(model.parameters["W"], W, rtol=1e-13) and np.allclose(model.parameters["b"], b, rtol=1e-13)
    assert np.allclose(history.batch_loss, costs, rtol=1e-13) and len(costs) == 3
    assert np.isclose(history.loss[0], np.average(costs, weights=[4, 4, 2]), rtol=1e-13)
    assert history.accuracy == [] and list(history.gradient_norms) == ["0 Linear"]


def test_weight_decay_shrinks_weights_and_leaves_biases(rng):
    model, free = Linear(2, 2, rng=rng), Loss(lambda y, out: 0.0, lambda y, out: 0 * out)
    model.parameters["b"][...] = 1
    W = model.parameters["W"].copy()
    fit(model, free, SGD(0.1, weight_decay=0.5), X, Y, epochs=1, batch_size=30, rng=rng)
    assert np.allclose(model.parameters["W"], W * 0.95**3, rtol=1e-14) and model.parameters["b"].tolist() == [1, 1]


def test_equal_seeds_give_equal_bits_and_others_do_not():
    (first, seen), (second, again), (other, _) = trained(), trained(), trained(seed=4)
    assert same_bits(first, second) and seen.batch_loss == again.batch_loss and seen.loss == again.loss
    assert not same_bits(first, other) and not same_bits(first, trained(model=network(seed=1))[0])


def test_what_is_watched_does_not_change_the_training():
    watched = trained(validation=(X_VALID, Y_VALID), monitor=X)
    assert same_bits(watched[0], trained()[0]) and watched[1].loss == trained()[1].loss


def test_fit_called_again_continues():
    model, optimizer, rng = network(), Momentum(0.05), np.random.default_rng(3)
    for _ in range(2):
        trained(epochs=3, model=model, optimizer=optimizer, seed=rng)
    assert same_bits(model, trained(epochs=6, optimizer=Momentum(0.05))[0])


def test_it_learns_the_spirals():
    model, history = trained(epochs=150, model=network(dropout=0))
    assert accuracy(Y, predicted_labels(model.forward(X))) == 1 and history.loss[-1] < 0.3 < history.loss[0]


def test_early_stopping_keeps_the_best_epoch_with_its_running_statistics():
    settings = {"model": network(seed=7, dropout=0), "optimizer": Adam(0.1), "validation": (X_VALID, Y_VALID)}
    model, history = trained(epochs=200, early_stopping=5, **settings)
    best = int(np.argmin(history.validation_loss))
    assert history.best_epoch == best and len(history.loss) == best + 6 < 200 and best > 0
    until_then = trained(epochs=best + 1, model=network(seed=7, dropout=0), optimizer=Adam(0.1))[0]
    assert same_bits(model, until_then)
    assert softmax_cross_entropy(Y_VALID, model.forward(X_VALID)) == history.validation_loss[best]


def test_without_early_stopping_the_last_epoch_is_kept():
    model, history = trained(epochs=8, validation=(X_VALID, Y_VALID))
    assert history.best_epoch is None and len(history.validation_loss) == 8
    assert softmax_cross_entropy(Y_VALID, model.forward(X_VALID)) == history.validation_loss[-1]


def test_training_that_ends_before_patience_does_keeps_its_best_too():
    model, history = trained(epochs=40, optimizer=Adam(0.1), validation=(X_VALID, Y_VALID), early_stopping=100)
    assert len(history.loss) == 40 and history.best_epoch == int(np.argmin(history.validation_loss)) < 39
    assert softmax_cross_entropy(Y_VALID, model.forward(X_VALID)) == min(history.validation_loss)


def test_patience_ends_when_the_loss_ties():
    X_1, y_1 = np.ones((4, 1)), np.array([0, 1, 0, 1])
    model = Linear(1, 2, rng=np.random.default_rng(0))
    settings = {"optimizer": SGD(0.0), "size": 4, "validation": (X_1, y_1), "early_stopping": 2}
    history = trained(100, model=model, X=X_1, y=y_1, **settings)[1]
    assert history.best_epoch == 0 and len(history.loss) == 3


@pytest.mark.parametrize("settings", [{"early_stopping": 3}, {"early_stopping": 0, "validation": (X, Y)}])
def test_early_stopping_that_cannot_be_is_refused(settings):
    with pytest.raises(ValueError, match="early_stopping is .; it needs `validation` and at least 1"):
        trained(**settings)


def test_the_schedule_gives_each_update_its_rate():
    used = []

    class Recorder(SGD):
        def step(self, theta, gradient, decays=None):
            used.append(self.lr)

    trained(epochs=2, optimizer=Recorder(9.0), schedule=lambda k: 1 / (1 + k))
    assert used == [1 / (1 + k) for k in range(8)]  # 90 rows in batches of 25: 4 updates an epoch


def test_validation_is_judged_after_the_epoch_with_dropout_off():
    model, history = trained(epochs=3, validation=(X_VALID, Y_VALID))
    out = model.forward(X_VALID)
    assert history.validation_accuracy[-1] == accuracy(Y_VALID, predicted_labels(out))
    assert history.validation_loss[-1] == softmax_cross_entropy(Y_VALID, out)
    assert len(history.accuracy) == len(history.validation_accuracy) == 3


def test_training_accuracy_is_the_share_of_rows_right_when_they_were_seen():
    # lr 0 and nothing random: the same for all batches, of which the last is smaller
    model = Sequential(Linear(2, 3, rng=np.random.default_rng(0)))
    history = trained(epochs=1, model=model, optimizer=SGD(0.0))[1]
    assert np.isclose(history.accuracy[0], accuracy(Y, predicted_labels(model.forward(X))), rtol=1e-14)
    assert np.isclose(history.loss[0], softmax_cross_entropy(Y, model.forward(X)), rtol=1e-13)


def test_one_hot_rows_train_as_their_labels_do():
    one_hot = np.eye(3, dtype=int)[Y]
    (a, seen), (b, again) = trained(), trained(y=one_hot)
    assert same_bits(a, b) and seen.accuracy == again.accuracy


def test_one_logit_a_row_is_judged_by_its_sign(rng):
    X, y = rng.standard_normal((40, 2)), None
    y = (X[:, :1] > 0).astype(int)
    loss = Loss(log_loss_from_logits, log_loss_from_logits_gradient)
    model = Linear(2, 1, rng=rng)
    history = fit(model, loss, SGD(1.0), X, y, epochs=80, batch_size=10, rng=rng, validation=(X, y))
    assert history.validation_accuracy[-1] == ((model.forward(X) > 0) == y).mean() > 0.9


def test_a_cost_that_is_not_finite_stops_before_the_update():
    model, broken = network(dropout=0), X.copy()
    broken[:] = np.nan
    before = {name: array.copy() for name, array in model.parameters.items()}
    with np.errstate(invalid="ignore"):
        history = trained(epochs=50, model=model, X=broken)[1]
    assert len(history.batch_loss) == 1 and not np.isfinite(history.loss[0])
    assert all(np.array_equal(array, before[name]) for name, array in model.parameters.items())


def test_float32_trains_in_float32():
    model, history = trained(model=network(dtype=np.float32), X=X.astype(np.float32))
    assert {array.dtype for array in arrays(model).values()} == {np.dtype(np.float32)}
    assert np.allclose(history.loss, trained()[1].loss, rtol=0.2)


def test_data_are_not_modified():
    before = X.copy(), Y.copy(), X_VALID.copy()
    trained(validation=(X_VALID, Y_VALID), monitor=X)
    assert all(np.array_equal(a, b) for a, b in zip(before, (X, Y, X_VALID), strict=True))


def test_norms_and_activations_are_one_an_epoch_a_layer():
    history = trained(epochs=4, monitor=X[:10])[1]
    assert list(history.gradient_norms) == ["0 Linear", "1 BatchNorm", "4 Linear"]
    assert list(history.activations) == ["0 Linear", "1 BatchNorm", "2 ReLU", "3 Dropout", "4 Linear"]
    assert {len(entries) for entries in (*history.gradient_norms.values(), *history.activations.values())} == {4}


def test_a_bar_is_shown_only_if_asked_for(capfd):
    trained(epochs=2)
    assert capfd.readouterr().err == ""
    trained(epochs=2, progress=True)
    assert "2/2" in capfd.readouterr().err


def test_tqdm_is_not_loaded_before_it_is_needed():
    code = "import sys, nnlib.training; sys.exit('tqdm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_fit_trains_alike_on_every_device(device):
    model = network().to_device(device)
    X_there, Y_there, monitored = (to_device(array, device) for array in (X, Y, X))
    watched = {"validation": (X_there, Y_there), "early_stopping": 9}
    there = trained(model=model, X=X_there, y=Y_there, monitor=monitored, **watched)[1]
    here = trained(validation=(X, Y), early_stopping=9, monitor=X)[1]
    assert {type(array) for array in arrays(model).values()} == {type(X_there)}
    assert np.allclose(there.batch_loss, here.batch_loss, rtol=1e-9)
    assert np.allclose(there.validation_loss, here.validation_loss, rtol=1e-9)
    assert (there.validation_accuracy, there.best_epoch) == (here.validation_accuracy, here.best_epoch)
    assert np.allclose(there.activations["4 Linear"], here.activations["4 Linear"], rtol=1e-7)
    assert np.allclose(there.gradient_norms["0 Linear"], here.gradient_norms["0 Linear"], rtol=1e-7)

"""The training benchmark's verdict, without a peer: what it prints last and how it exits."""

import numpy as np
import pytest

from tests.benchmarks import training


def test_the_verdict_is_that_of_the_worst_size_relative_to_its_target():
    assert training.verdict([(0.7, 0.8), (1.1, 1.15), (9.0, None)]) == (0, "ratio 1.10 target 1.15")
    assert training.verdict([(0.9, 0.8), (1.1, 1.15)]) == (1, "ratio 0.90 target 0.80")


def test_without_any_peer_there_is_nothing_to_say(capsys):
    def no_such_library(): ...

    assert training.main({"Nothing": no_such_library}) == 2
    assert capsys.readouterr().out.startswith("Nothing is not installed: left out\n")


def test_operations_leave_out_the_inputs_gradient():
    assert training.operations((2, 3, 4), 10) == 2 * 10 * (2 * 6 + 3 * 12)


def test_libraries_that_do_not_compute_the_same_are_refused():
    epochs = {"nnlib": lambda: 1.0, "other": lambda: 1.1}
    with pytest.raises(AssertionError, match="other has a loss of 1.1, nnlib 1.0"):
        training.measure(epochs, 1)


def test_the_network_measured_learns():
    X, y = training.batches((4, 8, 3), 10, 200)
    epoch = training.nnlib((4, 8, 3), X, y, 10, "Adam")
    assert X.dtype == np.float32 and set(y) == {0, 1, 2}
    assert epoch() > epoch()

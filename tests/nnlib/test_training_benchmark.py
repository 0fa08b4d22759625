"""The training benchmark's verdict, without a peer: what it prints last and how it exits."""

import numpy as np
import pytest

from tests.benchmarks import training


def test_the_verdict_is_that_of_the_worst_row_relative_to_its_target():
    assert training.verdict([(0.76, 0.8), (0.9, 1.0)]) == (0, "ratio 0.95 target 1.00")
    assert training.verdict([(0.9, 0.8), (1.1, 1.0)]) == (1, "ratio 1.12 target 1.00")
    assert training.verdict([(0.4, 0.8), (1.3, 1.0)]) == (1, "ratio 1.30 target 1.00")


def test_all_ten_rows_are_judged(monkeypatch, capsys):
    def takes(sizes, batch, number, optimizer, peers):
        return {"nnlib": 1.3 if (sizes[-1], optimizer) == (2, "Adam") else 0.5, "numpy": 1.0}

    monkeypatch.setattr(training, "measure_row", takes)
    monkeypatch.setattr(training, "sgemm_rate", lambda: 1e9)

    def numpy(): ...

    assert training.main({"numpy": numpy}) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "ratio 1.30 target 1.00" and len(lines) == 2 + 10 + 1
    targets = [(line.split()[2], line.split()[6]) for line in lines[2:-1]]
    assert targets == [("SGD", "0.80"), ("Adam", "1.00")] * 3 + [("SGD", "1.00"), ("Adam", "1.00")] * 2


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

"""With this folder on PYTHONPATH, a command and its workers give each submission a fraction of the usual time."""

from dataclasses import fields

from autograder.sandbox.limits import Limits

SHORT = {"cell_cpu": 1, "cell_wall": 2, "check_cpu": 1, "check_wall": 4, "wall": 60}
Limits.__init__.__defaults__ = tuple(SHORT.get(field.name, field.default) for field in fields(Limits))

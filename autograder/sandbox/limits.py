"""What a submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Seconds are of CPU time (`*_cpu`) or of the clock (`*_wall`); sizes are bytes; those
    in capitals are set as RLIMIT_CPU, …
    """

    cell_cpu: float = 5
    cell_wall: float = 10
    check_cpu: int = 5
    check_wall: float = 15
    start_wall: float = 10  # from asking for a check to its first sign of life
    wall: float = 120  # the whole submission
    CPU: int = 120  # each process
    AS: int = 2 << 30  # address space, each process: one that swells ends before `memory` ends the whole submission
    memory: int = 2 << 30  # resident, the whole tree
    NPROC: int = 64
    FSIZE: int = 32 << 20
    disk: int = 64 << 20

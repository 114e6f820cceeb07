"""What a process pays: P8 and P9."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.measure import Benchmark, Pair, child

__all__ = ["BENCHMARKS"]

IMPORT = "import time; t = time.process_time(); import {}; print(time.process_time() - t)"

PEAK = """
import sys
from pathlib import Path
from tests.benchmarks.measure import peak
from tests.benchmarks.workloads import ours, plain
folder, n = Path(sys.argv[1]), int(sys.argv[2])
work = {}(folder, "random", n)
before = peak()
work()
print(peak() - before)
"""


def imports(folder: Path, n: int) -> Pair:
    return Pair(child(IMPORT.format("frameworm.search")), child(IMPORT.format("optuna")))


def memory(folder: Path, n: int) -> Pair:
    return Pair(child(PEAK.format("ours"), folder, n), child(PEAK.format("plain"), folder, n))


BENCHMARKS = [
    Benchmark(
        "P8", "import frameworm.search, CPU", "import optuna", "s", 0.3, False, imports, 1, 1
    ),
    Benchmark(
        "P9",
        "peak memory of the driver",
        "plain Optuna's",
        "MB",
        0.5,
        False,
        memory,
        10000,
        500,
        repetitions=1,
    ),
]

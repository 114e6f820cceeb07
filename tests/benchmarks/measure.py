"""Time two things in turn, and the memory of a process of its own."""

from __future__ import annotations

import gc
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

__all__ = ["Benchmark", "Pair", "Result", "child", "machine", "peak", "seconds"]

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Pair:
    """One measurement of ours and one of theirs, in the same unit."""

    ours: float
    theirs: float


@dataclass(frozen=True)
class Benchmark:
    """What is measured.

    Attributes:
        key: Its short name, such as ``P1``.
        what: Ours.
        against: Theirs.
        unit: The unit of both numbers.
        target: The bound on the ratio.
        faster: Whether the ratio is theirs/ours, to be at least the target, instead of ours/theirs,
            to be at most the target.
        pair: Measures both once, one after the other, in a new folder, for a size.
        size: The size in the full run.
    """

    key: str
    what: str
    against: str
    unit: str
    target: float
    faster: bool
    pair: Callable[[Path, int], Pair]
    size: int
    small: int
    repetitions: int = 5


@dataclass(frozen=True)
class Result:
    """The medians of a benchmark's repetitions."""

    benchmark: Benchmark
    pairs: tuple[Pair, ...]

    @property
    def ours(self) -> float:
        return statistics.median(pair.ours for pair in self.pairs)

    @property
    def theirs(self) -> float:
        return statistics.median(pair.theirs for pair in self.pairs)

    @property
    def ratio(self) -> float:
        """The median of the repetitions' ratios: neighbours in time share the machine's mood."""
        ratios = [
            pair.theirs / pair.ours if self.benchmark.faster else pair.ours / pair.theirs
            for pair in self.pairs
        ]
        return statistics.median(ratios)

    @property
    def is_met(self) -> bool:
        return self.within(1.0)

    def within(self, slack: float) -> bool:
        """Whether the ratio is no further off its target than by a factor."""
        if self.benchmark.faster:
            return self.ratio >= self.benchmark.target / slack
        return self.ratio <= self.benchmark.target * slack


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of a call, with the garbage of earlier ones out of the way."""
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def child(code: str, *arguments: object) -> float:
    """Run Python code in a process of its own and return the number it prints last."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    return float(done.stdout.split()[-1])


def machine() -> str:
    """Describe what the numbers were measured on."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ] or [platform.processor()]
    return (
        f"{os.cpu_count()} cores of {names[0]}, Python {platform.python_version()}, "
        f"Optuna {version('optuna')}, SQLAlchemy {version('sqlalchemy')}, {_file_system()}"
    )


def _file_system() -> str:
    """Name the file system temporary files are on: the longest mount point above their folder."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "an unknown file system"
    folder = Path(tempfile.gettempdir()).resolve()
    points = {}
    for line in mounts.read_text().splitlines():
        _, point, kind, *_ = line.split()
        points[point] = kind
    above = [point for point in points if folder.is_relative_to(point)]
    return f"{points[max(above, key=len)]} at {max(above, key=len)}"


def peak() -> float:
    """Return the most memory this process has held so far, in MB."""
    # Not getrusage: its figure starts at what the parent process held.
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        assert found is not None
        return int(found.group(1)) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

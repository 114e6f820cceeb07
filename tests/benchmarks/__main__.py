"""Run the benchmarks and print a table: ``python -m tests.benchmarks [--only P1,P3] [--quick]``."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks import bookkeeping, processes, reading, servers, workers
from tests.benchmarks.measure import Benchmark, Result, machine

BENCHMARKS: list[Benchmark] = [
    *bookkeeping.BENCHMARKS,
    *workers.BENCHMARKS,
    *reading.BENCHMARKS,
    *processes.BENCHMARKS,
]


def measure(benchmark: Benchmark, size: int, repetitions: int) -> Result:
    """Measure ours and theirs in turn, each time in a new folder."""
    pairs = []
    for _ in range(repetitions):
        folder = Path(tempfile.mkdtemp(prefix="frameworm-benchmark-"))
        try:
            pairs.append(benchmark.pair(folder, size))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return Result(benchmark, tuple(pairs))


def shown(value: float, unit: str) -> str:
    if unit == "s" and value < 0.1:
        return f"{value * 1000:.2f} ms"
    return f"{value:.2f} {unit}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="keys, separated by commas")
    parser.add_argument("--quick", action="store_true", help="small sizes, one repetition")
    parser.add_argument("--repeat", type=int, help="repetitions of each")
    parser.add_argument("--servers", action="store_true", help="PostgreSQL and scale as well")
    parser.add_argument("--json", type=Path, help="write the numbers to a file")
    options = parser.parse_args()
    console = Console(width=max(120, Console().width))
    console.print(machine())
    table = Table("", "measured", "against", "ours", "theirs", "ratio", "target", "")
    chosen = [*BENCHMARKS, *(servers.BENCHMARKS if options.servers else [])]
    keys = options.only.split(",") if options.only else [b.key for b in chosen]
    numbers = []
    for benchmark in chosen:
        if benchmark.key not in keys:
            continue
        repetitions = options.repeat or (1 if options.quick else benchmark.repetitions)
        size = benchmark.small if options.quick else benchmark.size
        result = measure(benchmark, size, repetitions)
        sign, unit = ("≥" if benchmark.faster else "≤"), benchmark.unit
        table.add_row(
            benchmark.key,
            benchmark.what,
            benchmark.against,
            shown(result.ours, unit),
            shown(result.theirs, unit),
            f"{result.ratio:.3g}",
            f"{sign} {benchmark.target:g}",
            "met" if result.is_met else "NOT MET",
        )
        numbers.append(
            {
                "key": benchmark.key,
                "ours": result.ours,
                "theirs": result.theirs,
                "ratio": result.ratio,
                "target": benchmark.target,
                "met": result.is_met,
            }
        )
        console.print(f"{benchmark.key}: ratio {result.ratio:.3g}", highlight=False)
    console.print(table)
    if options.servers:
        servers.print_scale(console)
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=2))


if __name__ == "__main__":
    main()

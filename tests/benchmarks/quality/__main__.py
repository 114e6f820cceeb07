"""Compare samplers: ``python -m tests.benchmarks.quality [--seeds 10] [--jobs 1] [--quick]``.

The figure is how many per mille of random configurations are better than the best one found after
20, 40 and 60 trials: 0 is perfect, and 10 is what about a hundred random trials find.
"""

from __future__ import annotations

import argparse
import json
import statistics
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import optuna
from joblib import Parallel, delayed
from rich.console import Console
from rich.table import Table

from tests.benchmarks.measure import machine
from tests.benchmarks.quality.peers import PEERS, found_by_peer
from tests.benchmarks.quality.problem import RESOLUTION
from tests.benchmarks.quality.runs import SAMPLERS, found_losses, problems

TRIALS = 60
AFTER = (20, 40, 60)

Figures = dict[tuple[str, str, int], list[float]]
"""The figures after 20, 40 and 60 trials by problem, sampler and seed."""


def measure(problem: str, sampler: str, seed: int, jobs: int) -> list[float]:
    """Return one search's figures."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    chosen = problems()[problem]
    find = found_by_peer if sampler in PEERS else found_losses
    best = list(accumulate(find(chosen, sampler, seed, TRIALS, jobs), min))
    return [chosen.per_mille_better(best[count - 1]) for count in AFTER]


def measure_all(
    wanted: Iterable[tuple[str, str, int]], jobs: int, processes: int, file: Path | None
) -> Figures:
    """Measure what the file does not hold yet, and add it there."""
    figures: Figures = {}
    if file is not None and file.exists():
        for line in file.read_text().splitlines():
            row = json.loads(line)
            if row["jobs"] == jobs:
                figures[row["problem"], row["sampler"], row["seed"]] = row["figures"]
    wanted = list(wanted)
    missing = [run for run in wanted if run not in figures]
    found = Parallel(n_jobs=processes, return_as="generator")(
        delayed(measure)(*run, jobs) for run in missing
    )
    for run, values in zip(missing, found, strict=True):
        figures[run] = values
        if file is not None:
            row = dict(zip(("problem", "sampler", "seed"), run, strict=True))
            with file.open("a") as lines:
                lines.write(json.dumps({**row, "jobs": jobs, "figures": values}) + "\n")
    return {run: figures[run] for run in wanted}


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def ranks(medians: Mapping[str, float]) -> dict[str, float]:
    """Return each sampler's rank, 1 the best; equals share the mean of their ranks."""
    return {
        sampler: sum(other < value for other in medians.values())
        + (sum(other == value for other in medians.values()) + 1) / 2
        for sampler, value in medians.items()
    }


def print_figures(figures: Figures, console: Console) -> None:
    """Print medians and quartiles of every problem, and what they come to."""
    names = list(dict.fromkeys(problem for problem, _, _ in figures))
    samplers = list(dict.fromkeys(sampler for _, sampler, _ in figures))
    all_ranks: dict[str, list[list[float]]] = {sampler: [[], [], []] for sampler in samplers}
    ratios: dict[str, list[float]] = {sampler: [] for sampler in samplers}
    title = f"Per mille of random configurations better than the best after {AFTER} trials"
    table = Table("problem", *samplers, title=title)
    for problem in names:
        cells: dict[str, list[str]] = {sampler: [] for sampler in samplers}
        for place in range(len(AFTER)):
            medians = {}
            for sampler in samplers:
                values = [figures[run][place] for run in figures if run[:2] == (problem, sampler)]
                low, medians[sampler], high = quartiles(values)
                cells[sampler].append(f"{medians[sampler]:.3g} ({low:.2g}-{high:.2g})")
            # Figures below the resolution are one.
            medians = {name: max(RESOLUTION, value) for name, value in medians.items()}
            for sampler, rank in ranks(medians).items():
                all_ranks[sampler][place].append(rank)
                ratios[sampler].append(medians[sampler] / min(medians.values()))
        table.add_row(problem, *("\n".join(cells[sampler]) for sampler in samplers))
    table.add_section()
    table.add_row(
        "mean rank",
        *(
            "\n".join(f"{statistics.fmean(values):.2f}" for values in all_ranks[sampler])
            for sampler in samplers
        ),
    )
    table.add_row("times worse than the best", *(f"≤ {max(ratios[name]):.3g}" for name in samplers))
    table.add_row(
        "more than 1.5 times worse",
        *(
            f"{sum(ratio > 1.5 for ratio in ratios[name])} of {len(ratios[name])}"
            for name in samplers
        ),
    )
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1, help="simulated workers of each search")
    parser.add_argument("--processes", type=int, default=2, help="searches measured at once")
    parser.add_argument("--samplers", help="names, separated by commas; peers: " + ", ".join(PEERS))
    parser.add_argument("--only", help="parts of problems' names, separated by semicolons")
    parser.add_argument("--quick", action="store_true", help="two seeds, three problems")
    parser.add_argument("--json", type=Path, help="keep the figures there, one run a line")
    options = parser.parse_args()
    if options.quick:
        options.seeds, options.only = 2, options.only or "SVC, 4;Rosenbrock, 5;CIFAR"
    parts = options.only.split(";") if options.only else [""]
    names = [name for name in problems() if any(part in name for part in parts)]
    samplers = options.samplers.split(",") if options.samplers else list(SAMPLERS)
    console = Console(width=max(150, Console().width))
    console.print(machine(), highlight=False)
    wanted = [
        (name, sampler, seed)
        for name in names
        for sampler in samplers
        for seed in range(options.seeds)
    ]
    print_figures(measure_all(wanted, options.jobs, options.processes, options.json), console)


if __name__ == "__main__":
    main()

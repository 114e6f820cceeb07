"""How many trials a Bayesian search needs for what random search finds in 100.

Run it with ``python -m tests.benchmarks.quality.trials_needed [--seeds 10] [--only Branin]``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from frameworm.search import BayesianSearch, RandomSearch
from tests.benchmarks.measure import machine
from tests.benchmarks.problems import PROBLEMS, Problem

__all__ = ["random_best", "trials_needed"]

RANDOM_TRIALS = 100
TARGET = 40


def random_best(problem: Problem, seed: int) -> float:
    """Return the best score of a random search of 100 trials."""
    with tempfile.TemporaryDirectory() as folder:
        search = RandomSearch(
            problem.base,
            problem.space,
            n_trials=RANDOM_TRIALS,
            random_state=seed,
            storage=f"sqlite:///{folder}/random.db",
            durability="normal",
        )
        return float(search.run(problem.loss, verbose=False)[1])


def trials_needed(problem: Problem, seed: int, goal: float, sampler: str) -> int:
    """Return the trial at which a Bayesian search is as good as a goal.

    Args:
        problem: What to minimise.
        seed: The search's seed; none that a random search it is compared with had.
        goal: The score to reach.
        sampler: ``BayesianSearch``'s.

    Returns:
        The number of trials, 101 if 100 did not do.
    """
    with tempfile.TemporaryDirectory() as folder:
        search = BayesianSearch(
            problem.base,
            problem.space,
            n_trials=RANDOM_TRIALS,
            random_state=seed,
            sampler=sampler,
            storage=f"sqlite:///{folder}/bayesian.db",
            durability="normal",
        )
        _, best = search.run(problem.loss, verbose=False, target=goal)
        return len(search.results) if best <= goal else RANDOM_TRIALS + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", help="problems, separated by commas")
    parser.add_argument("--json", type=Path, help="write the numbers to a file")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else [each.name for each in PROBLEMS]
    console = Console(width=max(120, Console().width))
    console.print(machine())
    title = f"Trials until as good as random search after {RANDOM_TRIALS}, {options.seeds} seeds"
    table = Table("problem", "random's best", "sampler", "median", "from", "to", "", title=title)
    numbers = []
    for problem in [each for each in PROBLEMS if each.name in names]:
        # Other seeds than the Bayesian searches', whose first draws would be the same points.
        goals = [random_best(problem, 1000 + seed) for seed in range(options.seeds)]
        for sampler in ("tpe", "gp"):
            needed = [
                trials_needed(problem, seed, goal, sampler) for seed, goal in enumerate(goals)
            ]
            median = statistics.median(needed)
            verdict = "met" if median <= TARGET else "NOT MET"
            row = (f"{statistics.median(goals):.4g}", sampler, f"{median:g}", min(needed))
            table.add_row(problem.name, *map(str, row), str(max(needed)), verdict)
            console.print(f"{problem.name}, {sampler}: {needed}", highlight=False)
            numbers.append(
                {"problem": problem.name, "sampler": sampler, "median": median, "needed": needed}
            )
    console.print(table)
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=2))


if __name__ == "__main__":
    main()

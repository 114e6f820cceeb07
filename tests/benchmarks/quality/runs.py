"""Run a search on a problem, with one worker or with several that take their time."""

from __future__ import annotations

import functools
import heapq
from typing import Any

import numpy as np
from optuna.samplers import RandomSampler

from frameworm.search import BayesianSearch
from frameworm.search.study.settings import StudySettings
from frameworm.trial.outcome import Outcome
from frameworm.trial.state import TrialState
from frameworm_optuna.plan.proposer import Proposer
from frameworm_optuna.quiet import quiet
from frameworm_optuna.translate.distributions import from_internal
from tests.benchmarks.quality import functions, surrogates, tables
from tests.benchmarks.quality.problem import Problem

__all__ = ["SAMPLERS", "found_losses", "problems"]

SAMPLERS = ("auto", "tpe", "gp", "cmaes", "random")


@functools.cache
def problems() -> dict[str, Problem]:
    """Return the problems by name."""
    chosen = list(surrogates.PROBLEMS)
    for further in (tables.problems, functions.problems):
        try:
            chosen += further()
        except ModuleNotFoundError as error:
            print(f"Left out what needs {error.name}: pip install -e '.[benchmarks]'.")
    return {problem.name: problem for problem in chosen}


def found_losses(problem: Problem, sampler: str, seed: int, trials: int, jobs: int) -> list[float]:
    """Return the losses a search finds, in the order the trials end in.

    A trial's run time is drawn from an exponential distribution, so that several workers end out of
    step: proposals are made while others still run. The time passes on paper only.

    Args:
        problem: What to minimise.
        sampler: ``BayesianSearch``'s, or ``"random"``.
        seed: The search's seed, and that of the run times.
        trials: How many.
        jobs: Workers at once.
    """
    chosen = RandomSampler(seed) if sampler == "random" else sampler
    base: dict[str, Any] = {key.partition(".")[0]: {} for key in problem.space if "." in key}
    search = BayesianSearch(base, problem.space, n_trials=trials, random_state=seed, sampler=chosen)
    settings = StudySettings(problem.space, search._strategy(), search.goals, {})
    proposer = Proposer(settings, "quality", None)
    times = np.random.default_rng(seed).exponential(size=trials)
    running: list[tuple[float, int, float]] = []
    losses: list[float] = []
    now = 0.0
    with quiet("optuna"):
        for number in range(trials):
            if len(running) == jobs:
                now = _end(proposer, running, losses)
            proposal = proposer.ask()
            proposer.accept(proposal, number)
            params = {
                key: from_internal(problem.space[key], value)
                for key, value in proposal.point.values.items()
            }
            heapq.heappush(running, (now + times[number], number, problem.losses([params])[0]))
        while running:
            _end(proposer, running, losses)
    return losses


def _end(proposer: Proposer, running: list[tuple[float, int, float]], losses: list[float]) -> float:
    when, number, loss = heapq.heappop(running)
    proposer.finished(number, Outcome(TrialState.COMPLETE, (loss,)))
    losses.append(loss)
    return when

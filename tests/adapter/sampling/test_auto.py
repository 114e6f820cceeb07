"""AutoSampler: Optuna's contract, and what it makes of losses, conditions and constraints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.samplers import BaseSampler
from optuna.testing.pytest_samplers import BasicSamplerTestCase, MultiObjectiveSamplerTestCase

from frameworm_optuna.sampling.auto import AutoSampler


class TestAutoSampler(BasicSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self) -> Callable[[], BaseSampler]:
        return lambda: AutoSampler(seed=0, n_startup_trials=2)


def quadratic(trial: optuna.Trial) -> float:
    x, y = trial.suggest_float("x", -5, 5), trial.suggest_float("y", 1e-3, 1e3, log=True)
    return (x - 1) ** 2 + np.log10(y) ** 2


def best(sampler: BaseSampler, n_trials: int) -> float:
    study = optuna.create_study(sampler=sampler)
    study.optimize(quadratic, n_trials=n_trials)
    return study.best_value


def test_it_finds_the_bottom_of_a_bowl() -> None:
    assert best(AutoSampler(seed=0), 25) < best(optuna.samplers.RandomSampler(seed=0), 25) / 10


def test_proposals_depend_on_seed_and_trials_alone() -> None:
    study = optuna.create_study(sampler=AutoSampler(seed=3))
    study.optimize(quadratic, n_trials=40)
    for number in (5, 12, 29, 35):
        part = optuna.create_study(sampler=AutoSampler(seed=3))
        part.add_trials(study.trials[:number])
        if number > 8:
            asked = part.ask()
            again = (asked.suggest_float("x", -5, 5), asked.suggest_float("y", 1e-3, 1e3, log=True))
            assert again == tuple(study.trials[number].params.values())


def test_a_maximised_study_climbs() -> None:
    study = optuna.create_study(direction="maximize", sampler=AutoSampler(seed=0))
    study.optimize(lambda trial: -quadratic(trial), n_trials=25)
    assert study.best_value > -0.02


def test_a_parameter_under_a_condition_is_modelled_with_the_others() -> None:
    def objective(trial: optuna.Trial) -> float:
        if trial.suggest_categorical("kind", ["a", "b"]) == "a":
            return 1 + trial.suggest_float("u", 0, 1)
        return (trial.suggest_float("v", 0, 1) - 0.7) ** 2

    distributions = {
        "kind": CategoricalDistribution(["a", "b"]),
        "u": FloatDistribution(0, 1),
        "v": FloatDistribution(0, 1),
    }
    conditions = {"u": [("kind", ["a"])], "v": [("kind", ["b"])]}
    study = optuna.create_study(sampler=AutoSampler(0, 8, distributions, conditions))
    study.optimize(objective, n_trials=25)
    assert study.best_value < 1e-4
    assert sum(trial.params["kind"] == "b" for trial in study.trials[8:]) > 12


def test_measured_constraints_keep_it_away() -> None:
    def objective(trial: optuna.Trial) -> float:
        x, y = trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)
        trial.set_constraint("memory", x + y - 0.8)
        return -x - 0.5 * y

    study = optuna.create_study(sampler=AutoSampler(seed=0))
    study.optimize(objective, n_trials=40)
    # The best lies on the limit, where a hair's breadth decides.
    above = [trial.constraints["memory"] > 0.02 for trial in study.trials]
    assert study.best_value < -0.79
    assert sum(above[8:]) <= 6


def test_trials_that_broke_off_at_a_wall_teach_where_it_is() -> None:
    study = optuna.create_study(sampler=AutoSampler(seed=0))
    lost = 0
    for _ in range(60):
        trial = study.ask()
        x, y = trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)
        if x + y > 0.8:
            trial.set_constraint("out_of_memory", 1.0)
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            lost += 1
        else:
            study.tell(trial, -x - 0.5 * y)
    # The best lies at the very wall.
    assert lost <= 35
    assert study.best_value < -0.78

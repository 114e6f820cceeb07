"""BayesianSearch: proposes what plain Optuna proposes, goes on after stops, learns in parallel."""

from __future__ import annotations

import time
import warnings

import optuna
import pytest

from frameworm.errors import SearchArgumentError, SpaceError
from frameworm.search import BayesianSearch, Categorical, Integer, Real
from tests.search.faults import finish, start, wait_until_ready

BASE = {"a": {"x": 1.0, "y": 1.0, "opt": "sgd", "h": 4}}
SPACE = {
    "a.x": Real(0, 1),
    "a.y": Real(1e-5, 1, log=True),
    "a.h": Integer(1, 8),
    "a.opt": ["sgd", "adam", "rmsprop"],
}
PENALTY = {"sgd": 0.1, "adam": 0.0, "rmsprop": 0.3}
SAMPLERS = {
    "tpe": lambda: optuna.samplers.TPESampler(seed=7),
    "gp": lambda: optuna.samplers.GPSampler(seed=7),
    "cmaes": lambda: optuna.samplers.CmaEsSampler(
        seed=7, n_startup_trials=10, warn_independent_sampling=False
    ),
    "nsgaii": lambda: optuna.samplers.NSGAIISampler(seed=7, population_size=10),
}


def train(config) -> dict[str, float]:
    return {"val_loss": score(config.a.x, config.a.y, config.a.h, config.a.opt)}


def score(x: float, y: float, h: int, opt: str) -> float:
    return (x - 0.3) ** 2 + y + PENALTY[opt] * h


def plain(sampler: optuna.samplers.BaseSampler, n_trials: int) -> list[dict]:
    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("a.x", 0, 1)
        y = trial.suggest_float("a.y", 1e-5, 1, log=True)
        h = trial.suggest_int("a.h", 1, 8)
        return score(x, y, h, trial.suggest_categorical("a.opt", list(PENALTY)))

    study = optuna.create_study(sampler=sampler)
    study.optimize(objective, n_trials=n_trials)
    return [trial.params for trial in study.trials]


def trials_of(url: str) -> int:
    return sum(each.n_trials for each in optuna.get_all_study_summaries(url))


def search(url: str, name: str = "s", n_trials: int = 24, **options) -> BayesianSearch:
    options = {"random_state": 7, "storage": url, "study_name": name, **options}
    return BayesianSearch(BASE, SPACE, n_trials=n_trials, **options)


def params_of(found: BayesianSearch) -> list[dict]:
    return [result["params"] for result in found.results]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_one_at_a_time_it_proposes_exactly_what_plain_optuna_does(url: str, sampler: str) -> None:
    n_trials = 14 if sampler == "gp" else 30
    mine = search(url, n_trials=n_trials, sampler=sampler)
    mine.run(train, verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert params_of(mine) == plain(SAMPLERS[sampler](), n_trials)


@pytest.mark.parametrize("sampler", ["auto", "tpe", "cmaes"])
def test_a_search_stopped_half_way_goes_on_as_if_it_had_not_been(url: str, sampler: str) -> None:
    whole = search(url, "whole", sampler=sampler)
    whole.run(train, verbose=False)
    search(url, n_trials=13, sampler=sampler).run(train, verbose=False)
    rest = search(url, sampler=sampler)
    rest.run(train, verbose=False)
    assert params_of(rest) == params_of(whole)


@pytest.mark.parametrize("sampler", [pytest.param("auto", marks=pytest.mark.slow), "tpe"])
def test_a_killed_driver_loses_nothing_and_proposals_stay_the_same(
    url: str, tmp_path, sampler: str
) -> None:
    undisturbed = f"sqlite:///{tmp_path}/undisturbed.db"
    finish(start(undisturbed, 1, f"bayesian:{sampler}:25"))
    driver = start(url, 1, f"bayesian:{sampler}:25", TRIAL_SECONDS="0.1")
    wait_until_ready(driver)
    while trials_of(url) < 12:
        time.sleep(0.1)
    driver.kill()
    driver.communicate()
    killed_after = len(optuna.load_study(storage=url, study_name="s").trials)
    finish(start(url, 1, f"bayesian:{sampler}:25"))
    found = optuna.load_study(storage=url, study_name="s").trials
    assert 0 < killed_after < 25
    assert {trial.state.name for trial in found} == {"COMPLETE"}
    expected = optuna.load_study(storage=undisturbed, study_name="s").trials
    assert [trial.params for trial in found] == [trial.params for trial in expected]


def test_in_parallel_every_trial_is_run_once_and_no_proposal_comes_twice(url: str) -> None:
    found = search(url, n_trials=40)
    found.run(train, n_jobs=2, verbose=False)
    assert len(found.results) == 40
    assert len(set(points_of(found))) == 40


def test_two_drivers_share_one_study_and_stop_at_its_total(url: str) -> None:
    drivers = [start(url, 1, "bayesian:auto:30") for _ in range(2)]
    for driver in drivers:
        finish(driver)
    trials = optuna.load_study(storage=url, study_name="s").trials
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 30


@pytest.mark.parametrize("sampler", ["auto", "tpe", "cmaes"])
def test_drivers_of_one_seed_that_begin_together_propose_different_points(
    url: str, sampler: str
) -> None:
    drivers = [search(url, n_trials=12, sampler=sampler)._open() for _ in range(3)]
    for driver in drivers:
        assert driver._asking._proposer.standing() == (0, 0)
    for number in range(12):
        assert len(drivers[number % 3].exchange([], 1).specs) == 1
    points = [tuple(record.params.values()) for record in drivers[0].records()]
    assert len(set(points)) == len(points) == 12
    for driver in drivers:
        driver.close()


def test_plain_optuna_goes_on_with_the_study(url: str) -> None:
    mine = search(url, n_trials=12)
    mine.run(train, verbose=False)
    study = optuna.load_study(storage=url, study_name="s")
    study.optimize(
        lambda trial: score(
            trial.suggest_float("a.x", 0, 1),
            trial.suggest_float("a.y", 1e-5, 1, log=True),
            trial.suggest_int("a.h", 1, 8),
            trial.suggest_categorical("a.opt", list(PENALTY)),
        ),
        n_trials=3,
    )
    again = search(url, n_trials=20)
    again.run(train, verbose=False)
    assert [result["state"] for result in again.results] == ["COMPLETE"] * 20


def test_resume_rebuilds_it_from_the_study_alone(url: str) -> None:
    search(url, n_trials=6, sampler="gp", n_initial_points=4).run(train, verbose=False)
    found = BayesianSearch.resume("s", url)
    assert (found.n_trials, found.sampler, found.n_initial_points) == (6, "gp", 4)
    assert len(found.results) == 6


def test_an_optuna_sampler_object_is_taken_as_it_is(url: str) -> None:
    mine = search(url, sampler=optuna.samplers.TPESampler(seed=7, multivariate=True))
    mine.run(train, verbose=False)
    assert params_of(mine) == plain(optuna.samplers.TPESampler(seed=7, multivariate=True), 24)
    with pytest.raises(SearchArgumentError, match="TPESampler"):
        BayesianSearch.resume("s", url)


def test_what_makes_no_sense_is_refused_at_once(url: str) -> None:
    with pytest.raises(SearchArgumentError, match="sampler is one of"):
        search(url, sampler="magic")
    with pytest.raises(SearchArgumentError, match="n_initial_points"):
        search(url, n_initial_points=0)
    with pytest.raises(SearchArgumentError, match="one metric"):
        BayesianSearch(BASE, SPACE, ["a", "b"], sampler="cmaes")


def test_conditions_and_constraints_hold_for_proposals(url: str) -> None:
    space = {
        "a.opt": ["sgd", "adam"],
        "a.x": Real(0, 1, when={"a.opt": "sgd"}),
        "a.h": Categorical([1, 4, 8]),
    }
    found = BayesianSearch(
        BASE,
        space,
        n_trials=25,
        random_state=1,
        storage=url,
        constraints=[lambda config: config.a.h * config.a.x <= 4],
    )
    found.run(train, verbose=False)
    for result in found.results:
        assert ("a.x" in result["params"]) == (result["params"]["a.opt"] == "sgd")
        assert result["config"]["a"]["h"] * result["config"]["a"]["x"] <= 4


def test_a_space_without_a_feasible_point_is_an_error_that_counts(url: str) -> None:
    nothing = search(url, constraints=[lambda config: False])
    with pytest.raises(SpaceError, match="None of 1000 proposals"):
        nothing.run(train, verbose=False)


@pytest.mark.parametrize("rule", [{"target": 0.5}, {"early_stopping_patience": 3}])
def test_a_resumed_search_remembers_how_far_it_had_come(url: str, rule) -> None:
    """What the first run reached counts for the second one's stopping rules."""

    def train(config):
        train.calls += 1
        return {"val_loss": 0.1 if train.calls == 1 else 1.0}

    train.calls = 0
    space = {"x": Real(0, 1)}
    options = {"storage": url, "study_name": "s", "random_state": 0, "n_initial_points": 2}
    BayesianSearch({"x": 0.0}, space, n_trials=5, **options).run(train, verbose=False)
    again = BayesianSearch({"x": 0.0}, space, n_trials=12, **options)
    again.run(train, verbose=False, **rule)
    assert again.stop_reason in ("target", "early_stopping")
    assert train.calls == 5


GRID = {"a.h": Integer(1, 4), "a.opt": ["sgd", "adam", "rmsprop"], "a.x": Real(0, 1, step=0.25)}


def train_on_grid(config) -> dict[str, float]:
    return {"val_loss": score(config.a.x, 0.1, config.a.h, config.a.opt)}


def points_of(found: BayesianSearch) -> list[tuple]:
    return [tuple(sorted(params.items())) for params in params_of(found)]


@pytest.mark.parametrize("sampler", ["auto", "tpe"])
def test_no_point_of_a_discrete_space_comes_twice_and_the_last_one_ends_it(
    url: str, sampler: str
) -> None:
    made = {"random_state": 3, "storage": url, "study_name": "s", "sampler": sampler}
    BayesianSearch(BASE, GRID, n_trials=40, **made).run(train_on_grid, verbose=False)
    found = BayesianSearch(BASE, GRID, n_trials=100, **made)
    found.run(train_on_grid, verbose=False)
    assert len(found.results) == len(set(points_of(found))) == 60
    assert found.stop_reason == "exhausted"


def test_a_discrete_search_resumed_asks_anew_where_it_did_before(url: str) -> None:
    made = {"random_state": 3, "storage": url, "sampler": "tpe"}
    whole = BayesianSearch(BASE, GRID, n_trials=50, study_name="whole", **made)
    whole.run(train_on_grid, verbose=False)
    BayesianSearch(BASE, GRID, n_trials=37, study_name="s", **made).run(
        train_on_grid, verbose=False
    )
    rest = BayesianSearch(BASE, GRID, n_trials=50, study_name="s", **made)
    rest.run(train_on_grid, verbose=False)
    assert points_of(rest) == points_of(whole)


def test_a_study_that_plain_optuna_repeated_points_in_is_taken_up_as_it_is(url: str) -> None:
    made = {"random_state": 3, "storage": url, "study_name": "s", "sampler": "tpe"}
    few = {"a.h": Integer(1, 3), "a.opt": ["sgd", "adam"]}
    BayesianSearch(BASE, few, n_trials=1, **made).run(train_on_grid, verbose=False)
    study = optuna.load_study(storage=url, study_name="s")
    study.add_trials(study.trials)
    found = BayesianSearch(BASE, few, n_trials=20, **made)
    found.run(train_on_grid, verbose=False)
    assert (len(found.results), len(set(points_of(found)))) == (7, 6)
    assert found.stop_reason == "exhausted"


def test_constraints_and_conditions_leave_a_search_exact_on_resume(url: str) -> None:
    space = {
        "a.opt": ["sgd", "adam"],
        "a.x": Real(0, 1, when={"a.opt": "sgd"}),
        "a.y": Real(0, 1),
    }
    made = {
        "random_state": 4,
        "storage": url,
        "constraints": [lambda config: config.a.y > 0.3],
    }
    whole = BayesianSearch(BASE, space, n_trials=30, study_name="whole", **made)
    whole.run(train, verbose=False)
    BayesianSearch(BASE, space, n_trials=17, study_name="s", **made).run(train, verbose=False)
    rest = BayesianSearch(BASE, space, n_trials=30, study_name="s", **made)
    rest.run(train, verbose=False)
    assert params_of(rest) == params_of(whole)


def test_each_acquisition_looks_for_something_else_and_is_resumed(url: str) -> None:
    found = {}
    for acquisition in ("EI", "lcb", "pi"):
        made = search(url, acquisition, 12, acquisition=acquisition)
        made.run(train, verbose=False)
        assert BayesianSearch.resume(acquisition, url).acquisition == acquisition.lower()
        found[acquisition] = points_of(made)
    assert found["EI"][:8] == found["lcb"][:8] == found["pi"][:8]
    assert len({tuple(points[8:]) for points in found.values()}) == 3
    with pytest.raises(SearchArgumentError, match="acquisition is one of"):
        search(url, acquisition="ucb")
    with pytest.raises(SearchArgumentError, match="have their own"):
        search(url, sampler="gp", acquisition="lcb")

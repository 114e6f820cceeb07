"""Pruners: the decisions are plain Optuna's, wherever the trial runs."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import optuna
import pytest

from frameworm.errors import MetricError, PicklingError, SearchArgumentError
from frameworm.search import BayesianSearch, GridSearch, RandomSearch, Real, report
from tests.search import trainer_script

BASE = {"a": {"x": 0.5}}
SPACE = {"a.x": Real(0, 1)}
EPOCHS = range(1, 21)
PRUNERS = {
    "median": optuna.pruners.MedianPruner,
    "asha": lambda: optuna.pruners.SuccessiveHalvingPruner(
        reduction_factor=3, min_early_stopping_rate=1
    ),
    "hyperband": optuna.pruners.HyperbandPruner,
}


def curve(x: float, epoch: int) -> float:
    return (x - 0.3) ** 2 + 1 / epoch


def train(config) -> dict[str, float]:
    for epoch in EPOCHS:
        report(epoch, val_loss=curve(config.a.x, epoch), epoch=epoch)
    return {"val_loss": curve(config.a.x, EPOCHS[-1])}


def plain(study: optuna.Study, n_trials: int) -> list:
    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("a.x", 0, 1)
        for epoch in EPOCHS:
            trial.report(curve(x, epoch), epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return curve(x, EPOCHS[-1])

    study.optimize(objective, n_trials=n_trials)
    return facts(study)


def facts(study: optuna.Study) -> list:
    return [(t.params, t.state.name, t.values, t.intermediate_values) for t in study.trials]


def stored(url: str, name: str = "s") -> optuna.Study:
    return optuna.load_study(storage=url, study_name=name)


@pytest.mark.parametrize("pruner", PRUNERS)
def test_with_tpe_everything_is_as_in_plain_optuna(url: str, pruner: str) -> None:
    found = BayesianSearch(
        BASE,
        SPACE,
        n_trials=30,
        random_state=5,
        sampler="tpe",
        storage=url,
        study_name="s",
        pruner=pruner,
    )
    found.run(train, verbose=False)
    study = optuna.create_study(
        study_name="s", sampler=optuna.samplers.TPESampler(seed=5), pruner=PRUNERS[pruner]()
    )
    expected = plain(study, 30)
    assert facts(stored(url)) == expected
    assert {state for _, state, *_ in expected} == {"COMPLETE", "PRUNED"}


@pytest.mark.parametrize("pruner", PRUNERS)
def test_with_planned_points_the_decisions_are_plain_optunas(url: str, pruner: str) -> None:
    found = RandomSearch(
        BASE, SPACE, n_trials=25, random_state=5, storage=url, study_name="s", pruner=pruner
    )
    found.run(train, verbose=False)
    study = optuna.create_study(study_name="s", pruner=PRUNERS[pruner]())
    for params, *_ in facts(stored(url)):
        study.enqueue_trial(params)
    assert facts(stored(url)) == plain(study, 25)


@pytest.mark.parametrize(
    "where", ["processes", "threads", pytest.param("dask", marks=pytest.mark.slow)]
)
def test_trials_are_pruned_wherever_they_run(url: str, where: str) -> None:
    found = RandomSearch(BASE, SPACE, n_trials=24, random_state=2, storage=url, pruner="median")
    if where == "processes":
        found.run(train, n_jobs=2, verbose=False)
    elif where == "threads":
        with ThreadPoolExecutor(2) as threads:
            found.run(train, n_jobs=2, executor=threads, verbose=False)
    else:
        distributed = pytest.importorskip("distributed")
        with (
            distributed.LocalCluster(
                n_workers=2, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            found.run(train, n_jobs=2, executor=client.get_executor(), verbose=False)
    states = [result["state"] for result in found.results]
    assert set(states) == {"COMPLETE", "PRUNED"}
    for record in found.results.records:
        steps = list(record.intermediate)
        assert steps == list(EPOCHS)[: len(steps)]
        assert (len(steps) == 20) == (record.state.value == "COMPLETE")


def test_a_pruned_trial_never_ranks_and_shows_what_it_had_reached(url: str) -> None:
    found = RandomSearch(BASE, SPACE, n_trials=30, random_state=5, storage=url, pruner="asha")
    found.run(train, verbose=False)
    frame = found.results.to_frame()
    pruned = frame[frame["state"] == "PRUNED"]
    assert found.results.best.state.value == "COMPLETE"
    assert pruned["score"].isna().all()
    for record in found.results.records:
        if record.state.value == "PRUNED":
            last = record.intermediate[max(record.intermediate)]
            assert record.values == (last,)
            assert record.metrics["val_loss"] == last
            assert record.score is None


def test_without_a_pruner_reports_are_learning_curves(url: str) -> None:
    grid = GridSearch(BASE, {"a.x": [0.1, 0.2]}, storage=url, study_name="s")
    grid.run(train, n_jobs=2, verbose=False)
    for params, _, values, intermediate in facts(stored(url)):
        assert intermediate == {epoch: curve(params["a.x"], epoch) for epoch in EPOCHS}
        assert values == [curve(params["a.x"], 20)]


def test_outside_a_search_report_does_nothing() -> None:
    assert report(1, whatever=2.0) is None


def test_trainer_reports_by_itself_and_is_pruned(url: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LOGS", str(tmp_path))
    found = trainer_script.search(url, n_trials=20, pruner="median")
    found.run(trainer_script.train, verbose=False)
    states = {record.state.value for record in found.results.records}
    assert states == {"COMPLETE", "PRUNED"}
    epochs = len((tmp_path / "epochs.txt").read_text().splitlines())
    assert epochs == sum(len(record.intermediate) for record in found.results.records) < 120


def test_experiments_say_pruned(url: str, tmp_path) -> None:
    from frameworm.experiment import ExperimentManager

    found = RandomSearch(BASE, SPACE, n_trials=20, random_state=5, storage=url, pruner="asha")
    found.run(train, experiment_root=tmp_path / "runs", verbose=False)
    pruned = sum(result["state"] == "PRUNED" for result in found.results)
    manager = ExperimentManager(tmp_path / "runs")
    assert len(manager.list_experiments(status="pruned")) == pruned > 0


def test_resume_knows_the_pruner(url: str) -> None:
    found = RandomSearch(BASE, SPACE, n_trials=3, storage=url, study_name="s", pruner="hyperband")
    found.run(train, verbose=False)
    assert RandomSearch.resume("s", url).pruner == "hyperband"
    assert isinstance(found.study.pruner, optuna.pruners.HyperbandPruner)


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
@pytest.mark.parametrize("pruner", ["patient", "wilcoxon"])
def test_other_pruners_work_too(url: str, pruner) -> None:
    def worsen(config) -> float:
        for epoch in EPOCHS:
            report(epoch, val_loss=config.a.x + epoch)
        return config.a.x

    native = optuna.pruners.PatientPruner(None, patience=2) if pruner == "patient" else pruner
    found = RandomSearch(BASE, SPACE, n_trials=12, storage=url, random_state=1, pruner=native)
    if pruner == "wilcoxon":
        found.run(train, verbose=False)
        assert any(result["state"] == "PRUNED" for result in found.results)
    else:
        with pytest.raises(LookupError):
            found.run(worsen, verbose=False)
        assert {len(record.intermediate) for record in found.results.records} == {4}


def test_a_storage_only_this_process_has_is_refused_for_workers_alone() -> None:
    def search():
        storage = optuna.storages.InMemoryStorage()
        return RandomSearch(
            BASE, SPACE, n_trials=20, random_state=5, storage=storage, pruner="asha"
        )

    with pytest.raises(PicklingError, match="n_jobs=1"):
        search().run(train, n_jobs=2, verbose=False)
    found = search()
    found.run(train, verbose=False)
    assert any(result["state"] == "PRUNED" for result in found.results)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: report(1, loss=1.0), MetricError, "Did you mean 'val_loss'|val_loss"),
        (lambda: report(-1, val_loss=1.0), SearchArgumentError, "whole step"),
        (lambda: report(0.5, val_loss=1.0), SearchArgumentError, "whole step"),
    ],
)
def test_reports_that_make_no_sense(url: str, call, error: type, message: str) -> None:
    def wrong(config) -> float:
        call()
        return 1.0

    found = RandomSearch(BASE, SPACE, n_trials=6, storage=url)
    if error is MetricError:
        with pytest.raises(MetricError, match=message):
            found.run(wrong, verbose=False)
    else:
        with pytest.raises(RuntimeError, match=message):
            found.run(wrong, verbose=False)


def test_a_step_reported_twice_counts_once_and_nan_is_kept(url: str) -> None:
    def twice(config) -> float:
        report(1, val_loss=1.0)
        report(1, val_loss=2.0)
        report(2, val_loss=math.nan)
        return 0.0

    found = RandomSearch(BASE, SPACE, n_trials=1, storage=url, pruner="median")
    found.run(twice, verbose=False)
    intermediate = found.results.records[0].intermediate
    assert intermediate[1] == 1.0
    assert math.isnan(intermediate[2])


def test_an_unknown_pruner_is_refused(url: str) -> None:
    with pytest.raises(SearchArgumentError, match="median"):
        RandomSearch(BASE, SPACE, storage=url, pruner="medain").run(train, verbose=False)

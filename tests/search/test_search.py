"""The two searches: arguments, names, stopping rules, callbacks, executors, reproducibility."""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import optuna
import pytest

from frameworm import Categorical, Config, GridSearch, Integer, RandomSearch, Real, errors
from frameworm.experiment import ExperimentManager
from frameworm.search import current_trial
from frameworm.search.execution.callbacks import SearchCallback
from frameworm.search.execution.workers.worker_pool import close_idle

BASE = {"training": {"lr": 0.1, "size": 8}, "optimizer": "adam"}
SPACE = {
    "training.lr": Real(1e-5, 1e-1, log=True),
    "training.size": Integer(1, 64),
    "optimizer": Categorical(["adam", ("sgd", 0.9)]),
}


def train(config):
    return {"val_loss": config.training.lr * config.training.size, "seed": current_trial().seed}


def points(search) -> list:
    return [(r["trial_idx"], r["params"], r["metrics"]["seed"]) for r in search.results]


def random(url, n_trials=12, **settings) -> RandomSearch:
    return RandomSearch(BASE, SPACE, n_trials=n_trials, storage=url, random_state=7, **settings)


class TestArguments:
    def test_positional_use(self, url: str) -> None:
        grid = GridSearch(
            Config.from_dict(BASE), {"training.lr": [1.0, 2.0]}, "acc", "max", storage=url
        )
        best_config, best_score = grid.run(lambda c: {"acc": c.training.lr}, 1, None, False)
        assert best_score == 2.0
        assert best_config.training.lr == 2.0
        assert best_config["training.lr"] == 2.0
        assert grid.best_params == {"training.lr": 2.0}

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"mode": "minimum"}, "mode is 'min' or 'max', got 'minimum'"),
            ({"metric": ""}, "metric is the name"),
            ({"random_state": -1}, "random_state is a whole number"),
            ({"random_state": 0.5}, "random_state"),
        ],
    )
    def test_bad_settings(self, settings: dict, message: str) -> None:
        with pytest.raises(errors.SearchArgumentError, match=message):
            GridSearch(BASE, {"training.lr": [1.0]}, **settings)

    @pytest.mark.parametrize("n_trials", [0, -1, 2.5, True, None])
    def test_bad_n_trials(self, n_trials) -> None:
        with pytest.raises(errors.SearchArgumentError, match="n_trials"):
            RandomSearch(BASE, SPACE, n_trials=n_trials)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"n_jobs": 0}, "n_jobs"),
            ({"n_jobs": -2}, "n_jobs"),
            ({"timeout": 0}, "timeout is greater than 0"),
            ({"early_stopping_patience": 1.5}, "whole number"),
            ({"max_retries": -1}, "max_retries"),
            ({"target": "low"}, "target is a number or None"),
            ({"train_fn": 3}, "train_fn is a function"),
        ],
    )
    def test_bad_run_arguments(self, url: str, arguments: dict, message: str) -> None:
        with pytest.raises(errors.SearchArgumentError, match=message):
            random(url).run(**{"train_fn": train, **arguments})

    def test_a_key_without_its_section(self) -> None:
        with pytest.raises(
            errors.SpaceError, match=r"no section 'trainin'.*Did you mean 'training.lr'"
        ):
            RandomSearch(BASE, {"trainin.lr": Real(0, 1)})

    def test_results_before_any_run(self) -> None:
        with pytest.raises(errors.NoResultError, match="run"):
            _ = random("sqlite://").results


class TestNames:
    def test_without_a_name_every_run_is_a_new_study(self, url: str) -> None:
        search = random(url, 2)
        search.run(train, verbose=False)
        search.run(train, verbose=False)
        names = optuna.get_all_study_names(url)
        assert len(names) == 2
        assert all(name.startswith("random-2") for name in names)

    def test_the_default_storage(self, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        RandomSearch(BASE, SPACE, n_trials=1).run(train, verbose=False)
        assert (tmp_path / "frameworm.db").exists()

    def test_the_same_script_again_does_only_what_is_missing(self, url: str) -> None:
        calls = []

        def count(config):
            calls.append(1)
            return train(config)

        for n_trials, expected in [(5, 5), (5, 5), (8, 8)]:
            random(url, n_trials, study_name="s").run(count, verbose=False)
            assert len(calls) == expected

    def test_a_smaller_total_stops_sooner(self, url: str) -> None:
        random(url, 10, study_name="s").run(train, target=1e9, verbose=False)
        search = random(url, 4, study_name="s")
        search.run(train, verbose=False)
        assert [r["trial_idx"] for r in search.results] == [0, 1, 2, 3]

    def test_resume_from_the_study_alone(self, url: str) -> None:
        random(url, 6, study_name="s").run(train, verbose=False)
        search = RandomSearch.resume("s", url)
        assert search.search_space == SPACE
        assert (search.metric, search.mode, search.random_state) == ("val_loss", "min", 7)
        assert search.base_config == BASE
        assert len(search.results) == 6
        search.n_trials = 9
        search.run(train, verbose=False)
        fresh = random("sqlite://", 9)
        fresh.run(train, verbose=False)
        assert points(search) == points(fresh)

    def test_resume_a_grid_with_its_own_axes(self, url: str) -> None:
        space = {"training.lr": Real(0.001, 0.1, log=True), "optimizer": ["a", ("b", 1)]}
        grid = GridSearch(BASE, space, storage=url, study_name="g", num_values=3)
        grid.run(lambda c: c.training.lr, verbose=False)
        again = GridSearch.resume("g", url)
        assert len(again) == 6
        again.run(train, verbose=False)
        assert len(again.study.trials) == 6
        with pytest.raises(errors.StudyMismatchError, match="grid search"):
            RandomSearch.resume("g", url)
        with pytest.raises(errors.StudyNotFoundError, match="Did you mean 'g'"):
            GridSearch.resume("gg", url)

    def test_another_base_config_warns_with_the_keys(self, url: str, caplog) -> None:
        random(url, 2, study_name="s").run(train, verbose=False)
        other = {**BASE, "optimizer": "sgd"}
        search = RandomSearch(other, SPACE, n_trials=2, storage=url, study_name="s", random_state=7)
        with caplog.at_level(logging.WARNING, "frameworm"):
            search.run(train, verbose=False)
        assert "differs in optimizer" in caplog.text


class TestStopping:
    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_timeout(self, url: str, n_jobs: int) -> None:
        def slow(config):
            time.sleep(0.1)
            return train(config)

        search = random(url, 100, study_name="s")
        search.run(slow, n_jobs=n_jobs, timeout=0.5, verbose=False)
        assert search.stop_reason == "timeout"
        states = [trial.state.name for trial in search.study.trials]
        assert set(states) == {"COMPLETE", "WAITING"}
        assert len(states) == 100

    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_target(self, url: str, n_jobs: int) -> None:
        search = random(url, 50)
        _, best = search.run(train, n_jobs=n_jobs, target=0.05, verbose=False)
        assert search.stop_reason == "target"
        assert best <= 0.05
        assert len(search.results) < 50

    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_patience(self, url: str, n_jobs: int) -> None:
        search = random(url, 50, study_name="s")
        search.run(lambda c: 1.0, n_jobs=n_jobs, early_stopping_patience=4, verbose=False)
        assert search.stop_reason == "early_stopping"
        done = len(search.results)
        assert 5 <= done <= 5 + n_jobs
        again = random(url, 50, study_name="s")
        again.run(lambda c: 1.0, early_stopping_patience=4, verbose=False)
        assert len(again.results) == done

    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_trial_timeout(self, url: str, n_jobs: int) -> None:
        def stuck(config):
            if current_trial().number == 2:
                time.sleep(60)
            return train(config)

        started = time.monotonic()
        search = random(url, 6)
        search.run(stuck, n_jobs=n_jobs, trial_timeout=2, verbose=False)
        assert time.monotonic() - started < 30
        failed = {r["trial_idx"]: r["error"] for r in search.results if r["error"]}
        assert list(failed) == [2]
        assert "trial_timeout=2 s" in failed[2]

    def test_finished(self, url: str) -> None:
        search = random(url, 3)
        search.run(train, verbose=False)
        assert search.stop_reason == "finished"


class Recorder(SearchCallback):
    def __init__(self) -> None:
        self.heard = []

    def on_trial_start(self, trial):
        self.heard.append(("start", trial.number))

    def on_trial_end(self, trial, outcome):
        self.heard.append(("end", trial.number, outcome.state.value))
        raise RuntimeError("a callback that fails")

    def on_search_end(self, search):
        self.heard.append(("search", search.stop_reason, len(search.results)))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_callbacks_hear_and_cannot_harm(url: str, n_jobs: int, caplog) -> None:
    recorder = Recorder()
    random(url, 3).run(train, n_jobs=n_jobs, callbacks=[recorder, object()], verbose=False)
    assert sorted(e for e in recorder.heard if e[0] == "start") == [("start", i) for i in range(3)]
    assert sorted(e for e in recorder.heard if e[0] == "end") == [
        ("end", i, "COMPLETE") for i in range(3)
    ]
    assert recorder.heard[-1] == ("search", "finished", 3)
    assert "the search goes on" in caplog.text


class TestReproducibility:
    def test_the_same_configurations_everywhere(self, tmp_path) -> None:
        distributed = pytest.importorskip("distributed")
        found = []
        for name, arguments in [
            ("one", {"n_jobs": 1}),
            ("two", {"n_jobs": 2}),
            ("eight", {"n_jobs": 8}),
        ]:
            search = random(f"sqlite:///{tmp_path}/{name}.db")
            search.run(train, verbose=False, **arguments)
            found.append(points(search))
        with (
            distributed.LocalCluster(
                n_workers=2, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            search = random(f"sqlite:///{tmp_path}/dask.db")
            search.run(train, n_jobs=4, executor=client.get_executor(), verbose=False)
            found.append(points(search))
            workers = {record.worker for record in search.results.records}
            assert len(workers) == 2
            assert f":{os.getpid()}" not in "".join(workers)
        assert found[0] == found[1] == found[2] == found[3]
        assert len({seed for _, _, seed in found[0]}) == 12

    def test_a_seed_is_drawn_once_and_kept(self, url: str) -> None:
        first = RandomSearch(BASE, SPACE, n_trials=3, storage=url, study_name="s")
        first.run(train, verbose=False)
        other = RandomSearch(BASE, SPACE, n_trials=6, storage=url, study_name="s")
        other.run(train, verbose=False)
        assert points(other)[:3] == points(first)
        assert len({str(params) for _, params, _ in points(other)}) == 6

    def test_outside_a_search_there_is_no_trial(self) -> None:
        trial = current_trial()
        assert not trial
        assert (trial.number, trial.seed, trial.checkpoint_dir) == (None, 0, None)
        trial.save_checkpoint({"weight": 1}, step=3)
        assert trial.load_checkpoint() is None
        assert not trial.should_stop


class TestExecutors:
    def test_threads(self, url: str) -> None:
        lock = __import__("threading").Lock()  # cannot be pickled, and need not be

        def locked(config):
            with lock:
                return train(config)

        with ThreadPoolExecutor(3) as pool:
            search = random(url)
            search.run(locked, n_jobs=3, executor=pool, verbose=False)
        assert len(search.results) == 12

    def test_a_standard_process_pool(self, url: str) -> None:
        context = __import__("multiprocessing").get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            search = random(url)
            search.run(train, n_jobs=2, executor=pool, verbose=False)
        assert len(search.results) == 12
        pids = {int(record.worker.rpartition(":")[2]) for record in search.results.records}
        assert os.getpid() not in pids
        assert 1 <= len(pids) <= 2

    def test_workers_are_reused_and_share_the_cores(self, url: str) -> None:
        close_idle()

        def look(config):
            time.sleep(0.05)
            return {
                "val_loss": 1.0,
                "pid": os.getpid(),
                "cores": int(os.environ["OMP_NUM_THREADS"]),
            }

        pids = []
        for _ in range(2):
            search = random(url, 8)
            search.run(look, n_jobs=2, verbose=False)
            pids.append({r["metrics"]["pid"] for r in search.results})
            assert {r["metrics"]["cores"] for r in search.results} == {
                max(1, (os.cpu_count() or 1) // 2)
            }
        assert pids[0] == pids[1]
        assert len(pids[0]) == 2
        assert os.getpid() not in pids[0]

    def test_each_worker_sees_its_own_gpu(self, url: str) -> None:
        def look(config):
            time.sleep(0.1)
            return {"val_loss": 1.0, "gpu": int(os.environ["CUDA_VISIBLE_DEVICES"])}

        search = random(url, 6)
        search.run(look, n_jobs=2, gpus=[3, 5], verbose=False)
        assert {r["metrics"]["gpu"] for r in search.results} == {3, 5}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_trial_becomes_an_experiment(url: str, tmp_path, n_jobs: int) -> None:
    root = tmp_path / "experiments"
    search = random(url, 5, study_name="s")
    search.run(train, n_jobs=n_jobs, experiment_root=root, verbose=False)
    listed = ExperimentManager(root).list_experiments(tags=["random_search"])
    assert len(listed) == 5
    assert set(listed["status"]) == {"completed"}
    assert sorted(listed["metrics.val_loss"]) == sorted(r["score"] for r in search.results)


@pytest.mark.parametrize("mode", ["min", "max"])
def test_the_best_respects_the_mode(url: str, mode: str) -> None:
    grid = GridSearch(BASE, {"training.size": [3, 1, 2]}, "v", mode, storage=url)
    _, best = grid.run(lambda c: {"v": c.training.size}, verbose=False)
    assert best == (1 if mode == "min" else 3)


def test_a_grid_of_every_kind_of_choice(url: str) -> None:
    def one(x):
        return x

    choices = [True, 1, 1.0, "1", None, (1, 2), [1, 2], {"a": 1}, int, one]
    grid = GridSearch(BASE, {"optimizer": choices}, storage=url)
    seen = []

    def look(config):
        seen.append(current_trial().params["optimizer"])
        return 0.0

    grid.run(look, verbose=False)
    assert len(grid) == len(seen) == len(choices)
    given = [(type(c).__name__, repr(c)) for c in choices]
    assert sorted((type(c).__name__, repr(c)) for c in seen) == sorted(given)


def test_save_and_load(url: str, tmp_path) -> None:
    search = random(url)
    search.run(train, verbose=False)
    search.save_results(tmp_path / "r.json")
    other = RandomSearch(BASE, SPACE, "other", "max")
    other.load_results(tmp_path / "r.json")
    assert (other.metric, other.mode) == ("val_loss", "min")
    assert other.best_score == search.best_score
    assert other.best_config == search.best_config
    assert list(other.results) == list(search.results)


def test_progress_in_a_pipe(url: str, capsys) -> None:
    random(url, 4, study_name="s").run(train)
    out = capsys.readouterr().out
    assert "s: 4/4 trials" in out
    assert "best" in out
    random(url, 5, study_name="s").run(train, verbose=False)
    assert capsys.readouterr().out == ""

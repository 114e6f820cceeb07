"""Opening studies: created, resumed, refused, taken over from plain Optuna."""

from __future__ import annotations

import dataclasses
import logging
import pickle
from pathlib import Path

import optuna
import pytest

from frameworm import GridSearch, Integer, RandomSearch, Real
from frameworm.errors import (
    SearchArgumentError,
    StorageError,
    StudyMismatchError,
    StudyNotFoundError,
)
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Grid, Random
from frameworm.trial.goals import Goals
from frameworm_optuna import OptunaBackend, PlanStorage

SETTINGS = StudySettings({"x": Real(0, 1)}, Random(4, seed=1), Goals.of("loss", "min"), {"x": 0.0})
BACKEND = OptunaBackend()


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/s.db"


def change(**changes) -> StudySettings:
    return dataclasses.replace(SETTINGS, **changes)


def test_a_new_study_carries_what_it_is_about(url: str) -> None:
    study = BACKEND.open(url, "s", SETTINGS)
    study.plan()
    assert sum(study.counts().values()) == 4
    native = optuna.load_study(storage=url, study_name="s")
    assert native.metric_names == ["loss"]
    assert native.direction.name == "MINIMIZE"
    assert [trial.state.name for trial in native.trials] == ["WAITING"] * 4
    assert BACKEND.load(url, "s").settings == SETTINGS
    again = BACKEND.open(url, "s", SETTINGS)
    again.plan()
    assert sum(again.counts().values()) == 4


def test_without_a_name_each_is_new_and_named_by_its_strategy(url: str) -> None:
    first, second = (BACKEND.open(url, None, SETTINGS) for _ in range(2))
    assert first.name != second.name
    assert first.name.startswith("random-2")


def test_a_resumed_study_keeps_its_seed_unless_one_is_asked_for(url: str) -> None:
    BACKEND.open(url, "s", SETTINGS)
    unasked = change(strategy=Random(4, seed=9), seeded=False)
    assert BACKEND.open(url, "s", unasked).settings.strategy == Random(4, seed=1)
    with pytest.raises(StudyMismatchError, match="random_state: 1 there, 9 here"):
        BACKEND.open(url, "s", change(strategy=Random(4, seed=9)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"goals": Goals.of("acc", "min")}, "metric: 'loss' there, 'acc' here"),
        ({"goals": Goals.of("loss", "max")}, "mode: 'min' there, 'max' here"),
        ({"strategy": Grid({"x": (0.0, 1.0)}, 1)}, "strategy: random there, grid here"),
        ({"space": {"x": Real(0, 2)}}, r"x: Real\(0.0, 1.0\) there, Real\(0.0, 2.0\) here"),
    ],
)
def test_another_study_is_refused_and_left_alone(url: str, changes, message) -> None:
    BACKEND.open(url, "s", SETTINGS).plan()
    with pytest.raises(StudyMismatchError, match=message) as caught:
        BACKEND.open(url, "s", change(**changes))
    assert "another study_name" in str(caught.value)
    assert ("extend=True" in str(caught.value)) == ("space" in changes)
    again = BACKEND.load(url, "s")
    assert again.settings == SETTINGS
    assert len(again.records()) == 4


def test_extend_takes_over_a_wider_range(url: str) -> None:
    base = {"x": 0.5}
    RandomSearch(
        base, {"x": Real(0, 1)}, n_trials=3, storage=url, study_name="s", random_state=1
    ).run(lambda config: config.x, verbose=False)
    wider = RandomSearch(
        base,
        {"x": Real(0, 100)},
        n_trials=8,
        storage=url,
        study_name="s",
        random_state=1,
        extend=True,
    )
    wider.run(lambda config: config.x, verbose=False)
    drawn = [result["params"]["x"] for result in wider.results]
    assert len(drawn) == 8
    assert max(drawn[:3]) <= 1 < max(drawn[3:])
    assert BACKEND.load(url, "s").settings.space == {"x": Real(0, 100)}


def test_extend_runs_only_the_new_points_of_a_longer_grid(url: str) -> None:
    seen: list[tuple[int, float]] = []

    def train(config) -> float:
        seen.append((config.n, config.x))
        return config.n * config.x

    for values in ([1, 2], [1, 2, 5], [5, 1, 2, 3]):
        search = GridSearch(
            {"n": 1, "x": 0.5},
            {"n": values, "x": [0.5, 0.25]},
            storage=url,
            study_name="g",
            random_state=1,
            extend=True,
        )
        search.run(train, verbose=False)
        assert len(search.results) == len(seen) == len(set(seen)) == 2 * len(values)


def test_extend_cannot_change_what_optuna_keeps_fixed(url: str) -> None:
    for choices in (["a", "b"], ["a", "b", "c"]):
        search = GridSearch(
            {"o": "a"}, {"o": choices}, storage=url, study_name="g", random_state=1, extend=True
        )
        if choices == ["a", "b"]:
            search.run(lambda config: 1.0, verbose=False)
            continue
        with pytest.raises(StudyMismatchError, match=r"Optuna keeps kind, log and choices fixed"):
            search.run(lambda config: 1.0, verbose=False)


def test_another_base_config_is_a_warning_with_the_keys(url: str, caplog) -> None:
    BACKEND.open(url, "s", SETTINGS)
    with caplog.at_level(logging.WARNING, "frameworm"):
        BACKEND.open(url, "s", change(base_config={"x": 0.0, "deep": {"y": 1}}))
    assert "differs in deep.y" in caplog.text


def test_a_plain_study_is_taken_over(url: str) -> None:
    plain = optuna.create_study(storage=url, study_name="s")
    plain.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=2)
    study = BACKEND.open(url, "s", SETTINGS)
    study.plan()
    assert sum(study.counts().values()) == 4
    assert [record.state.value for record in study.records()] == ["COMPLETE"] * 2 + ["WAITING"] * 2
    assert optuna.load_study(storage=url, study_name="s").metric_names == ["loss"]


@pytest.mark.parametrize(
    ("direction", "suggest", "message"),
    [
        ("maximize", lambda trial: trial.suggest_float("x", 0, 1), r"made to \['maximize'\]"),
        ("minimize", lambda trial: trial.suggest_int("x", 0, 1), "Trial 0 .* has x from Int"),
        ("minimize", lambda trial: trial.suggest_float("x", 0.1, 1, log=True), "log=True"),
    ],
)
def test_a_plain_study_about_something_else_is_refused(
    url: str, direction, suggest, message
) -> None:
    plain = optuna.create_study(storage=url, study_name="s", direction=direction)
    plain.optimize(suggest, n_trials=1)
    with pytest.raises(StudyMismatchError, match=message):
        BACKEND.open(url, "s", SETTINGS)
    assert not plain.user_attrs


def test_a_plain_study_is_described_by_its_trials(url: str) -> None:
    plain = optuna.create_study(storage=url, study_name="s", direction="maximize")
    plain.optimize(lambda trial: trial.suggest_int("n", 1, 9), n_trials=3)
    settings = BACKEND.load(url, "s").settings
    assert settings.space == {"n": Integer(1, 9)}
    assert (settings.goals.first.metric, settings.goals.first.mode) == ("value", "max")
    assert BACKEND.wrap(plain).name == "s"


def test_studies_that_are_not_there(url: str) -> None:
    with pytest.raises(StorageError, match="There is no database"):
        BACKEND.load(url)
    assert not PlanStorage.file_of(url).exists()
    PlanStorage(url).close()
    with pytest.raises(StudyNotFoundError, match=r"holds 0 studies"):
        BACKEND.load(url)
    BACKEND.open(url, "digits", SETTINGS)
    assert BACKEND.load(url).name == "digits"
    with pytest.raises(StudyNotFoundError, match=r"Did you mean 'digits'\?"):
        BACKEND.load(url, "digit")
    BACKEND.open(url, "other", SETTINGS)
    with pytest.raises(StudyNotFoundError, match="2 studies; give study_name"):
        BACKEND.load(url)


@pytest.mark.parametrize("storage", [3, ["sqlite://"], object()])
def test_what_is_no_storage(storage) -> None:
    with pytest.raises(SearchArgumentError, match="an Optuna storage, got"):
        BACKEND.open(storage, "s", SETTINGS)


def test_what_is_no_url() -> None:
    with pytest.raises(SearchArgumentError, match="not a database URL; give one like 'sqlite"):
        BACKEND.open("://nothing", "s", SETTINGS)
    with pytest.raises(StorageError, match="nodialect"):
        BACKEND.open("nodialect:///x.db", "s", SETTINGS)


def test_a_path_is_an_sqlite_file(tmp_path: Path) -> None:
    for given in (tmp_path / "one.db", str(tmp_path / "one.db")):
        BACKEND.open(given, "s", SETTINGS).close()
    assert [study.name for study in BACKEND.studies(f"sqlite:///{tmp_path}/one.db")] == ["s"]


def test_another_working_directory_is_another_relative_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        BACKEND.open("sqlite:///s.db", name, SETTINGS).close()
    assert [study.name for study in BACKEND.studies(tmp_path / "a" / "s.db")] == ["a"]
    assert [study.name for study in BACKEND.studies("sqlite:///s.db")] == ["b"]


def test_a_study_opened_before_the_directory_changed_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study = BACKEND.open("sqlite:///s.db", "s", SETTINGS)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    study.plan()
    assert len(BACKEND.load(tmp_path / "s.db", "s").records()) == 4
    assert not list(Path().iterdir())


def test_a_journal_is_opened_by_its_url(tmp_path: Path) -> None:
    url = f"journal:///{tmp_path}/study.log"
    with pytest.raises(StorageError, match="no journal"):
        BACKEND.load(url)
    study = BACKEND.open(url, "s", SETTINGS)
    study.plan()
    assert study.url == url
    assert len(BACKEND.load(url, "s").records()) == 4
    with pytest.raises(StorageError, match=r"journal:///study\.log"):
        BACKEND.open("journal://study.log", "s", SETTINGS)


@pytest.mark.parametrize("kind", ["memory", "rdb", "ours", "journal"])
def test_any_optuna_storage(tmp_path, url: str, kind: str) -> None:
    journal = optuna.storages.journal
    storage = {
        "memory": optuna.storages.InMemoryStorage,
        "rdb": lambda: optuna.storages.RDBStorage(url),
        "ours": lambda: PlanStorage(url),
        "journal": lambda: optuna.storages.JournalStorage(
            journal.JournalFileBackend(f"{tmp_path}/j.log")
        ),
    }[kind]()
    study = BACKEND.open(storage, "s", SETTINGS)
    study.plan()
    assert sum(study.counts().values()) == 4
    assert BACKEND.load(storage, "s").settings == SETTINGS
    assert [record.state.value for record in study.records()] == ["WAITING"] * 4


def test_our_storage_travels_as_its_url(url: str) -> None:
    BACKEND.open(url, "s", SETTINGS).plan()
    travelled = pickle.loads(pickle.dumps(PlanStorage(url)))
    assert BACKEND.load(travelled, "s").settings == SETTINGS

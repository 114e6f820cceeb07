"""Adaptive drivers at work on one study at the same moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from frameworm.search.space import Integer, Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Adaptive
from frameworm.trial.goals import Goals
from frameworm_optuna import OptunaBackend
from tests.proof.turns import Player, end, playing
from tests.servers import new_database


@pytest.fixture(params=["sqlite", "journal", "postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    files = {"sqlite": f"sqlite:///{tmp_path}/s.db", "journal": f"journal:///{tmp_path}/s.log"}
    place = files.get(request.param)
    with new_database(request.param) if place is None else contextlib.nullcontext(place) as found:
        yield found


@pytest.mark.parametrize("at_once", [1, 2])
def test_drivers_that_propose_at_the_very_same_moment_store_different_points(
    url: str, at_once: int
) -> None:
    space = {"x": Real(0, 1), "y": Real(0, 1), "n": Integer(1, 9)}
    settings = StudySettings(space, Adaptive(12, seed=7), Goals.of("loss", "min"), {})
    drivers = [OptunaBackend().open(url, "s", settings) for _ in range(2)]
    players = [Player() for _ in drivers]
    with playing():
        for _ in range(6 // at_once):
            for player, driver in zip(players, drivers, strict=True):
                player.begin(lambda driver=driver: driver.exchange([], at_once))
            end(players)
    points = [tuple(record.params.values()) for record in drivers[0].records()]
    assert len(points) == 12
    assert len(set(points)) == 12
    for player, driver in zip(players, drivers, strict=True):
        player.close()
        driver.close()

"""Tables that a killed process has half made are made whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
import sqlalchemy as sa
from optuna.storages._rdb import models

from frameworm import GridSearch
from tests.servers import new_database


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/s.db"
        return
    with new_database(kind) as url:
        yield url


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize("made", [1, 4, None])
def test_half_made_tables_are_made_whole(kind: str, made: int | None, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        engine = sa.create_engine(url)
        metadata = models.BaseModel.metadata
        metadata.create_all(engine, tables=metadata.sorted_tables[:made])
        engine.dispose()
        search = GridSearch({"x": 0}, {"x": [1, 2]}, storage=url, study_name="s")
        search.run(lambda config: {"val_loss": config.x}, verbose=False)
        assert len(optuna.load_study(study_name="s", storage=url).trials) == 2

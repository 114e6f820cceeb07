"""Plain optuna-dashboard finds a note on every study."""

from __future__ import annotations

import optuna
import pytest

from frameworm import Categorical, GridSearch

optuna_dashboard = pytest.importorskip("optuna_dashboard")


@pytest.mark.parametrize("long", [False, True])
def test_the_note_is_there_as_the_dashboard_reads_it(tmp_path, long: bool) -> None:
    names = [f"a choice with a long name, number {i}" for i in range(200 if long else 2)]
    url = f"sqlite:///{tmp_path}/s.db"
    search = GridSearch({"x": 0, "n": ""}, {"x": [1], "n": Categorical(names)}, storage=url)
    study = search._open()
    note = optuna_dashboard.get_note(optuna.load_study(study_name=study.name, storage=url))
    assert note.startswith("**Grid search** by Frameworm for val_loss (min).")
    assert f"| n | `{Categorical(names)!r}` |" in note
    optuna_dashboard.save_note(study.native, "mine")
    assert optuna_dashboard.get_note(study.native) == "mine"
    study.close()

"""What the analyzer writes for other tools: CSV, Parquet, Markdown."""

from __future__ import annotations

import csv
import math
import subprocess
import sys

import pandas as pd
import pytest

from frameworm.errors import SearchArgumentError
from tests.search.drawing import LONG, analyzer, many, ran, relu, trial


def found():
    return analyzer(
        trial(0, 0.25, facts=ran(0, 1.5), lr=1e-3, depth=2, **{LONG: (64, 64)}),
        trial(1, facts={"error": 'Traceback\n"a", b | c'}, lr=1e-4, depth=3, **{LONG: relu}),
        trial(2, math.inf, lr=1e-5, depth=4, **{LONG: None}),
    )


def test_csv_reads_back_with_times_and_values_in_plain_forms(tmp_path):
    path = tmp_path / "new" / "trials.csv"
    found().to_csv(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert rows[0]["trial_idx"] == "0"
    assert rows[0]["duration"] == "1.5"
    assert rows[0]["datetime_start"] == "2026-05-01T09:00:00.000000"
    assert rows[0][LONG] == "[64, 64]"
    assert rows[1]["error"] == 'Traceback\n"a", b | c'
    assert rows[1]["score"] == ""
    assert rows[1][LONG].endswith("relu")
    assert rows[2]["score"] == "inf"
    assert rows[2]["error"] == rows[0]["error"] == ""


def test_parquet_keeps_the_types(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    found().to_parquet(tmp_path / "trials.parquet")
    read = pd.read_parquet(tmp_path / "trials.parquet")
    assert read["trial_idx"].dtype == "int64"
    assert read["depth"].tolist() == [2, 3, 4]
    assert read["score"].tolist()[::2] == [0.25, math.inf]
    assert read["duration"].tolist()[0] == 1.5
    assert read["datetime_start"].dtype.kind == "M"
    assert read[LONG].tolist()[0] == "[64, 64]"
    assert read[LONG].tolist()[2] == "null"
    assert read["error"].isna().tolist() == [True, False, True]


def test_parquet_without_pyarrow_says_what_to_install(tmp_path):
    code = (
        "import sys\n"
        "sys.modules['pyarrow'] = None\n"
        "from frameworm.search import SearchAnalyzer\n"
        "try:\n"
        "    SearchAnalyzer([{'params': {'x': 1}, 'score': 1}]).to_parquet('t.parquet')\n"
        "except ImportError as error:\n"
        "    print(type(error).__name__, error)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.startswith("MissingPackageError")
    assert "pip install 'frameworm[parquet]'" in done.stdout
    assert not list(tmp_path.iterdir())


def test_markdown_is_a_table_whose_cells_cannot_break_it(tmp_path):
    text = found().to_markdown(tmp_path / "trials.md")
    assert (tmp_path / "trials.md").read_text() == text
    lines = text.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("| trial_idx | state ")
    assert lines[1].split(" | ")[0].endswith(":")
    assert "\\| c" in lines[3]
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_markdown_of_the_best_only():
    lines = found().to_markdown(n=1).splitlines()
    assert len(lines) == 3
    assert "0.25" in lines[2]


@pytest.mark.parametrize("write", ["to_csv", "to_parquet", "to_markdown"])
def test_a_folder_is_refused(write, tmp_path):
    with pytest.raises(SearchArgumentError, match="is a folder; name a file"):
        getattr(found(), write)(tmp_path)


def test_no_trials_and_many_are_written(tmp_path):
    analyzer().to_csv(tmp_path / "none.csv")
    assert (tmp_path / "none.csv").read_text().startswith("trial_idx,state,score,lr,depth")
    analyzer(*many(500)).to_csv(tmp_path / "many.csv")
    assert len(pd.read_csv(tmp_path / "many.csv")) == 500

"""What notebooks show: cards, pictures, progress, and the example notebook run for real."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from frameworm.search import GridSearch
from tests.search.drawing import LONG, analyzer, trial

EXAMPLE = Path(__file__).parents[3] / "examples" / "analysis.ipynb"
EVIL = "<script>alert(1)</script>"


class Text(HTMLParser):
    """The text and the tags of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags = [], set()
        self.feed(html)

    def handle_data(self, data):
        self.words.append(data)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)


def test_results_show_the_best_the_counts_and_the_five_best():
    found = analyzer(*(trial(i, 1.0 + i, lr=10.0**-i) for i in range(6)), trial(6), study_name="s")
    card = Text(found.results._repr_html_())
    assert "Search results s" in card.words
    assert "7 trials: 6 COMPLETE, 1 FAIL" in card.words
    assert "best val_loss 1 (lower is better)" in card.words
    numbers = [word for word in card.words if word in set("0123456")]
    assert {"0", "1", "2", "3", "4"} <= set(numbers)
    assert "1e-05" not in card.words  # the sixth best


def test_results_of_several_objectives_show_the_front():
    found = analyzer(
        trial(0, (1.0, 2.0)), trial(1, (2.0, 3.5)), further=[("accuracy", "max")]
    ).results
    card = Text(found._repr_html_())
    assert "2 on the Pareto front of val_loss (min), accuracy (max)" in card.words
    assert {"accuracy", "3.5"} <= set(card.words)


def test_cards_of_nothing_and_of_evil_names():
    assert "no trial is complete (lower is better)" in Text(analyzer().results._repr_html_()).words
    evil = analyzer(trial(0, 0.5, **{EVIL: EVIL}), metric=EVIL, study_name=EVIL)
    card = Text(evil.results._repr_html_())
    assert "script" not in card.tags
    assert EVIL in card.words


def test_a_long_parameter_name_is_cut_at_its_beginning():
    card = Text(analyzer(trial(0, 0.5)).results._repr_html_())
    assert any(word.startswith("…") and LONG.endswith(word[1:]) for word in card.words)


def test_a_search_shows_its_space_and_then_its_results(url):
    search = GridSearch({"x": 1, "f": None}, {"x": [1, 2], "f": [len, EVIL]}, storage=url)
    card = Text(search._repr_html_())
    assert "GridSearch" in card.words
    assert "val_loss (min); not run yet" in card.words
    assert f"builtins.len, {EVIL}" in card.words
    search = GridSearch({"x": 1}, {"x": [1, 2]}, storage=url, study_name="s")
    search.run(lambda config: {"val_loss": config.x}, verbose=False)
    card = Text(search._repr_html_())
    assert "GridSearch s" in card.words
    assert "best val_loss 1 (lower is better)" in card.words


def run(cells, folder):
    """The outputs of each code cell in a real kernel."""
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    return [cell.outputs for cell in notebook.cells]


def test_a_kernel_shows_plain_lines_of_progress_cards_and_pictures(tmp_path):
    outputs = run(
        [
            "import time\n"
            "from frameworm.search import RandomSearch, Real, SearchAnalyzer\n"
            "def train(config):\n"
            "    time.sleep(0.25)\n"
            "    return config.x\n"
            "search = RandomSearch({'x': 1.0}, {'x': Real(0, 1)}, metric='loss', n_trials=12,\n"
            "                      storage='sqlite:///s.db', study_name='s')\n"
            "search.run(train, n_jobs=1);",
            "search",
            "SearchAnalyzer(search).plot_convergence().figure",
        ],
        tmp_path,
    )
    streams = [output for output in outputs[0] if output.output_type == "stream"]
    assert {stream.name for stream in streams} == {"stdout"}  # and nothing complains on stderr
    lines = "".join(stream.text for stream in streams).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("s: ")
    assert lines[1].startswith("s: 12/12 trials in ")
    assert "best " in lines[1]
    assert not any("\x1b" in line or "\r" in line for line in lines)
    assert "RandomSearch s" in outputs[1][0].data["text/html"]
    assert base64.b64decode(outputs[2][0].data["image/png"]).startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_example_is_committed_without_outputs_and_runs(tmp_path):
    pytest.importorskip("sklearn", reason="the example reads scikit-learn's digits")
    notebook = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    outputs = run(["".join(cell["source"]) for cell in code], tmp_path)
    pictures = [o for found in outputs for o in found if "image/png" in o.get("data", {})]
    assert len(pictures) == 7
    assert outputs[-1][0].text.startswith("report.html: ")
    assert not [o for found in outputs for o in found if o.get("name") == "stderr"]
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "pictures"), [("vae", 2), ("image_classifier", 2), ("tabular", 1)]
)
def test_a_notebook_is_committed_without_outputs_and_runs(tmp_path, name, pictures):
    pytest.importorskip("sklearn", reason="the notebooks read scikit-learn's data")
    notebook = json.loads((EXAMPLE.parent / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    outputs = run(["".join(cell["source"]) for cell in code], tmp_path)
    shown = [o for found in outputs for o in found if "image/png" in o.get("data", {})]
    assert len(shown) == pictures
    assert not list(tmp_path.iterdir())

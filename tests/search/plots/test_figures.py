"""Figures are shown where somebody is, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from frameworm.errors import SearchArgumentError
from tests.search.drawing import analyzer, trial

ROOT = Path(__file__).parents[3]
DRAW = """
from frameworm.search import SearchAnalyzer
analyzer = SearchAnalyzer([{"params": {"x": i / 9}, "score": i} for i in range(10)])
"""


def run(code, backend):
    env = {**os.environ, "MPLBACKEND": backend}
    done = subprocess.run(
        [sys.executable, "-c", DRAW + code],
        capture_output=True,
        text=True,
        check=True,
        env=env,
        cwd=ROOT,
    )
    return done.stdout.split()


def pictures(*cells):
    """How many pictures each cell of a notebook shows."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in (DRAW, *cells)]
    )
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=str(ROOT))
    return [
        sum("image/png" in output.get("data", {}) for output in cell["outputs"])
        for cell in book["cells"][1:]
    ]


def test_a_notebook_shows_each_plot_once_and_forgets_it(tmp_path):
    shown = pictures(
        "analyzer.plot_convergence()",
        "ax = analyzer.plot_convergence()",
        "analyzer.plot_convergence()\nanalyzer.plot_distribution();",
        "analyzer.plot_convergence().figure",
        f"analyzer.report({str(tmp_path / 'r.html')!r})",
        "import matplotlib.pyplot as plt\nassert not plt.get_fignums()",
        "figure, ax = plt.subplots()\nanalyzer.plot_convergence(ax=ax)",
        "SearchAnalyzer.compare([analyzer])",
    )
    assert shown == [1, 1, 2, 1, 0, 0, 1, 1]


def test_pyplot_shows_plots_where_there_is_a_screen(tmp_path):
    code = (
        "import matplotlib.pyplot as plt\n"
        "ax = analyzer.plot_convergence()\n"
        "print(plt.get_fignums(), plt.gcf() is ax.figure)\n"
        f"analyzer.report({str(tmp_path / 'r.html')!r})\n"
        "print(plt.get_fignums())\n"
    )
    assert run(code, "webagg") == ["[1]", "True", "[1]"]


def test_without_a_screen_nothing_is_left_open():
    code = (
        "import matplotlib.pyplot as plt\nanalyzer.plot_convergence()\nprint(plt.get_fignums())\n"
    )
    assert run(code, "agg") == ["[]"]


def test_a_thread_opens_no_window():
    code = (
        "import matplotlib.pyplot as plt, threading\n"
        "thread = threading.Thread(target=analyzer.plot_convergence)\n"
        "thread.start(), thread.join()\n"
        "print(plt.get_fignums())\n"
    )
    assert run(code, "webagg") == ["[]"]


@pytest.mark.parametrize("backend", ["agg", "webagg"])
def test_a_script_that_draws_to_files_never_loads_pyplot(backend):
    code = "import sys\nanalyzer.plot_convergence()\nprint('matplotlib.pyplot' in sys.modules)\n"
    assert run(code, backend) == ["False"]


def test_saving_from_a_subfigure_saves_the_whole(tmp_path):
    figure = Figure()
    left, _ = figure.subfigures(1, 2)
    analyzer(trial(0, 0.5)).plot_convergence(tmp_path / "plot.pdf", ax=left.add_subplot())
    assert (tmp_path / "plot.pdf").read_bytes().startswith(b"%PDF")


def test_an_unknown_picture_format_is_refused(tmp_path):
    with pytest.raises(SearchArgumentError, match=r"save_path ends in a format .*plot\.xyz"):
        analyzer(trial(0, 0.5)).plot_convergence(tmp_path / "plot.xyz")

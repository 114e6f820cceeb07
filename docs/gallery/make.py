"""Makes every picture of the docs from real searches: ``python docs/gallery/make.py``, two minutes.

Three searches of a small network for scikit-learn's handwritten digits: an adaptive one that
prunes, a grid, and one for two metrics. The terminal at the top of the README is a real one: a
search that is killed and started again.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import torch
from rich.console import Console
from rich.text import Text
from sklearn.datasets import load_digits

from frameworm import (
    BayesianSearch,
    Categorical,
    GridSearch,
    Integer,
    RandomSearch,
    Real,
    SearchAnalyzer,
    current_trial,
    report,
)

IMAGES = Path(__file__).parents[1] / "images"
BASE = {"lr": 1e-2, "width": 32, "dropout": 0.0, "activation": "ReLU"}
SPACE = {
    "lr": Real(1e-4, 1e-1, log=True),
    "width": Integer(4, 128, log=True),
    "dropout": Real(0.0, 0.6),
    "activation": Categorical(["ReLU", "Tanh", "SiLU"]),
}


def train_fn(config) -> dict[str, float]:
    """Train on 1,200 digits for 12 epochs, and report the loss on 597 others."""
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)
    y = torch.tensor(digits.target)
    torch.manual_seed(current_trial().seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(64, config.width),
        getattr(torch.nn, config.activation)(),
        torch.nn.Dropout(config.dropout),
        torch.nn.Linear(config.width, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    for epoch in range(1, 13):
        model.train()
        for rows in torch.randperm(1200).split(100):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            scores = model(x[1200:])
            loss = torch.nn.functional.cross_entropy(scores, y[1200:]).item()
        report(epoch, val_loss=loss)
    accuracy = (scores.argmax(1) == y[1200:]).float().mean().item()
    return {"val_loss": loss, "accuracy": accuracy, "weights": float(config.width * 75)}


def pictures(storage: str) -> None:
    """Draw every plot."""
    adaptive = BayesianSearch(
        BASE, SPACE, n_trials=60, pruner="median", storage=storage, study_name="digits",
        random_state=0,
    )  # fmt: skip
    adaptive.run(train_fn, n_jobs=2, verbose=False)
    analyzer = SearchAnalyzer(adaptive)
    analyzer.plot_convergence(save_path=IMAGES / "convergence.png")
    analyzer.plot_parameter_importance(save_path=IMAGES / "importance.png")
    analyzer.plot_parameter_vs_score("lr", save_path=IMAGES / "parameter.png")
    analyzer.plot_contour("lr", "width", save_path=IMAGES / "contour.png")
    analyzer.plot_parallel_coordinates(save_path=IMAGES / "parallel.png")
    analyzer.plot_learning_curves(save_path=IMAGES / "learning_curves.png")
    analyzer.plot_timeline(save_path=IMAGES / "timeline.png")
    analyzer.plot_distribution(save_path=IMAGES / "distribution.png")
    grid = GridSearch(
        BASE, {"lr": [1e-3, 3e-3, 1e-2, 3e-2], "width": [8, 16, 32, 64]}, storage=storage,
        study_name="digits, a grid", random_state=0,
    )  # fmt: skip
    grid.run(train_fn, n_jobs=2, verbose=False)
    SearchAnalyzer(grid).plot_heatmap("lr", "width", save_path=IMAGES / "heatmap.png")
    SearchAnalyzer.compare([adaptive, grid], save_path=IMAGES / "comparison.png", against="trials")
    two = RandomSearch(
        BASE, SPACE, n_trials=40, metric=["val_loss", "weights"], mode=["min", "min"],
        storage=storage, study_name="digits, two metrics", random_state=0,
    )  # fmt: skip
    two.run(train_fn, n_jobs=2, verbose=False)
    SearchAnalyzer(two).plot_pareto_front(save_path=IMAGES / "pareto.png")
    analyzer.report(IMAGES / "report.html")


def readme_block() -> str:
    """Return the README's own script."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    return re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1]


def terminal(folder: Path) -> None:
    """Draw a real terminal: a search that is killed in its midst and started again."""
    (folder / "search.py").write_text(readme_block() + "print(search.best_params, best_score)\n")
    console = Console(width=96, record=True, file=(folder / "ignored").open("w"))

    def run(kill_after: int | None) -> None:
        console.print(Text("$ python search.py", style="bold"))
        process = subprocess.Popen(
            [sys.executable, "-u", "search.py"], cwd=folder, stdout=subprocess.PIPE, text=True
        )
        if kill_after is not None:
            while done(folder) < kill_after:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            console.print(Text("Killed", style="red"))
            console.print(Text("$ frameworm search show sine", style="bold"))
            console.print(Text(shown(folder, 8)))
        out, _ = process.communicate()
        if kill_after is None:
            console.print(Text("\n".join(out.splitlines()[-2:])))  # the end of its progress

    run(kill_after=8)
    run(kill_after=None)
    svg = console.export_svg(title="every trial exactly once")
    # Fonts come from nowhere else: the reader's own monospaced one is as good.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (IMAGES / "terminal.svg").write_text(svg.replace("Fira Code", "ui-monospace"), encoding="utf-8")


def done(folder: Path) -> int:
    """Return how many trials have finished."""
    try:
        return len(SearchAnalyzer(f"sqlite:///{folder}/frameworm.db", "sine").df)
    except Exception:  # not yet begun
        return 0


def shown(folder: Path, lines: int) -> str:
    """Return the first lines of what the command says of the study."""
    command = [sys.executable, "-m", "frameworm", "search", "show", "sine"]
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return "\n".join(out.splitlines()[:lines])


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        terminal(Path(temporary))
        pictures(f"sqlite:///{temporary}/gallery.db")

"""Search the best VAE for scikit-learn's handwritten digits: 1,797 real 8x8 images.

A grid, a random search in two processes with every trial kept as an experiment, the analysis with
its pictures, saved results, and a resumed study. Takes under two minutes on two cores.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

from frameworm import Config, GridSearch, RandomSearch, SearchAnalyzer, Trainer, get_model
from frameworm.experiment import ExperimentManager
from frameworm.search import current_trial
from frameworm.search.space import Integer, Real

OUTPUT = Path("search_output")
STORAGE = f"sqlite:///{OUTPUT}/digits.db"

BASE_CONFIG = Config.from_dict(
    {
        "model": {"channels": 1, "image_size": 8, "hidden_dim": 128, "latent_dim": 8},
        "training": {"lr": 1e-3, "batch_size": 128, "epochs": 4},
    }
)


def get_data(batch_size: int) -> tuple[DataLoader, DataLoader]:
    images = torch.tensor(load_digits().images / 16, dtype=torch.float32).unsqueeze(1)
    train, validation = TensorDataset(images[:1500]), TensorDataset(images[1500:])
    return DataLoader(train, batch_size, shuffle=True), DataLoader(validation, batch_size)


def train_fn(config: Config) -> dict[str, float]:
    trial = current_trial()
    torch.manual_seed(trial.seed if trial else 0)
    train_loader, val_loader = get_data(config.training.batch_size)
    model = get_model("vae")(config)
    trainer = Trainer(model, torch.optim.Adam(model.parameters(), lr=config.training.lr))
    trainer.train(train_loader, val_loader, epochs=config.training.epochs)
    return {
        "val_loss": trainer.state.val_metrics["loss"][-1],
        "train_loss": trainer.state.train_metrics["loss"][-1],
    }


def main() -> None:
    started = time.perf_counter()
    OUTPUT.mkdir(exist_ok=True)

    print("Grid search: 9 points, one after another")
    grid = GridSearch(
        BASE_CONFIG,
        {"training.lr": [1e-2, 1e-3, 1e-4], "training.batch_size": [64, 128, 256]},
        storage=STORAGE,
        study_name="vae-grid",
        random_state=0,
    )
    _best_config, best_score = grid.run(train_fn)
    print(f"  best val_loss {best_score:.3f} with {grid.best_params}\n")

    print("Random search: 24 trials in two processes, each kept as an experiment")
    space = {
        "training.lr": Real(1e-4, 3e-2, log=True),
        "training.batch_size": Integer(32, 256, log=True),
        "model.hidden_dim": Integer(64, 512, log=True),
    }
    settings = {"storage": STORAGE, "study_name": "vae-random", "random_state": 0}
    search = RandomSearch(BASE_CONFIG, space, n_trials=24, **settings)
    search.run(train_fn, n_jobs=2, experiment_root=OUTPUT / "experiments")
    print(f"  best val_loss {search.best_score:.3f} with {search.best_params}\n")

    experiments = ExperimentManager(OUTPUT / "experiments").list_experiments(tags=["random_search"])
    print(f"{len(experiments)} experiments recorded in {OUTPUT / 'experiments'}\n")

    print("The same search again, asked for 4 trials more: only those run")
    search = RandomSearch(BASE_CONFIG, space, n_trials=28, **settings)
    search.run(train_fn, n_jobs=2, experiment_root=OUTPUT / "experiments")

    analyzer = SearchAnalyzer(search.results)
    analyzer.print_summary()
    analyzer.plot_convergence(save_path=OUTPUT / "convergence.png")
    analyzer.plot_parameter_importance(save_path=OUTPUT / "importance.png")
    analyzer.plot_parameter_vs_score("training.lr", save_path=OUTPUT / "lr_vs_score.png")
    search.save_results(OUTPUT / "search_results.json")
    print(analyzer.get_best_n(5)[["trial_idx", "score", *space]])

    print(f"\nDone in {time.perf_counter() - started:.0f} s. Pictures and results: {OUTPUT}/")
    print(f"Look at every trial:  optuna-dashboard {STORAGE}")


if __name__ == "__main__":
    main()

"""Opens each database whose URL comes in, as Frameworm or as plain Optuna, and says what became."""

from __future__ import annotations

import sys
import time

import optuna
from optuna.storages import RDBStorage

from frameworm.search import Real
from frameworm.search.study.settings import StudySettings
from frameworm.search.study.strategy import Random
from frameworm.trial.goals import Goals
from frameworm_optuna import OptunaBackend


def main() -> None:
    optuna.logging.disable_default_handler()
    settings = StudySettings({"x": Real(0, 1)}, Random(4, seed=3), Goals.of("loss", "min"), {})
    print("ready", flush=True)
    for line in sys.stdin:
        who, url, at = line.split()
        time.sleep(max(0.0, float(at) - time.time()))
        try:
            if who == "optuna":
                RDBStorage(url).engine.dispose()
            else:
                study = OptunaBackend().open(url, "s", settings)
                study.plan()
                study.close()
        except Exception as error:
            print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)
        else:
            print("opened", flush=True)


if __name__ == "__main__":
    main()

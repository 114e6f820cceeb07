"""``frameworm search run``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from frameworm.cli.help_text import examples
from frameworm.cli.options import DEFAULT_STORAGE, AsJson, Storage
from frameworm.errors import CommandError

if TYPE_CHECKING:
    from frameworm.search.search import Search

__all__ = ["Method", "register"]


class Method(str, Enum):
    """How points are chosen."""

    grid = "grid"
    random = "random"
    quasirandom = "quasirandom"
    bayesian = "bayesian"


def register(app: typer.Typer) -> None:
    """Add the command to a group."""
    app.command(
        "run",
        help="Run a search, or go on with it: the same line again does only what is missing.",
        epilog=examples(
            "frameworm search run --config base.yaml --space space.yaml --train train:train_fn",
            "frameworm search run --config base.yaml --space space.yaml --train train:train_fn "
            "--method grid --jobs 4",
            "frameworm search run --config base.yaml --space space.yaml --train pkg.train:fit "
            "--trials 200 --pruner asha --timeout 1h --study mnist",
        ),
    )(run)


def run(
    config: Annotated[Path, typer.Option(help="The base config, a YAML file.", metavar="FILE")],
    space: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="The search space, a YAML file: lists of values, or mappings such as "
            "{type: real, low: 1e-5, high: 1e-2, log: true}, by dotted key.",
        ),
    ],
    train: Annotated[
        str,
        typer.Option(
            metavar="MODULE:FUNCTION",
            help="The train function: from a Config to a dictionary of metrics. Its module may lie "
            "in the working directory.",
        ),
    ],
    method: Annotated[Method, typer.Option(help="How points are chosen.")] = Method.bayesian,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="The metric to search for; val_loss by default. Repeat it for several."),
    ] = None,
    mode: Annotated[
        list[str] | None,
        typer.Option(metavar="min|max", help="Whether less (default) or more is better."),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(min=1, help="Trials in all, 50 by default; a grid has its own number."),
    ] = None,
    grid_values: Annotated[
        int | None,
        typer.Option(min=1, help="Values of each real or integer in a grid, 5 by default."),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Trials at once; -1 for one a core.")] = 1,
    seed: Annotated[
        int | None, typer.Option(help="The seed; drawn and kept with the study by default.")
    ] = None,
    sampler: Annotated[
        str | None, typer.Option(help="For bayesian: tpe (default), gp, cmaes or nsgaii.")
    ] = None,
    storage: Storage = DEFAULT_STORAGE,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The study to create or go on with. By default its name is made of the method, "
            "the train function and what both files hold, so the same line finds it again.",
        ),
    ] = None,
    extend: Annotated[
        bool, typer.Option("--extend", help="Go on with --study although its space was another.")
    ] = False,
    experiments: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Record each trial as an experiment there."),
    ] = None,
    pruner: Annotated[
        str | None,
        typer.Option(help="Stop hopeless trials: median, asha, hyperband or wilcoxon."),
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each configuration.")] = 1,
    timeout: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Start no trial after so long, as in 90s, 30m, 1h."),
    ] = None,
    trial_timeout: Annotated[
        str | None, typer.Option(metavar="TIME", help="Stop and fail a trial after so long.")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many trials without a better one.")
    ] = None,
    target: Annotated[
        float | None, typer.Option(help="Stop once a trial is at least as good.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run failed trials again first.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a search."""
    from frameworm.cli.durations import seconds
    from frameworm.cli.ending import print_ending
    from frameworm.cli.space_file import read_space
    from frameworm.cli.train_function import load_train_function
    from frameworm.core import Config

    # The files first: loading the train function may take seconds.
    _check_method(method, trials, grid_values, sampler)
    limits = {
        "timeout": None if timeout is None else seconds(timeout),
        "trial_timeout": None if trial_timeout is None else seconds(trial_timeout),
    }
    base = Config(config)
    dimensions = read_space(space, base.to_dict())
    metrics = metric or ["val_loss"]
    options: dict[str, Any] = {
        "metric": metrics[0] if len(metrics) == 1 else metrics,
        "mode": _modes(mode, len(metrics)),
        "random_state": seed,
        "pruner": pruner,
        "repeats": repeats,
        "storage": storage if "://" in storage else f"sqlite:///{storage}",
        "extend": extend,
    }
    own = {"n_trials": trials, "num_values": grid_values, "sampler": sampler}
    options.update({name: given for name, given in own.items() if given is not None})
    identity = {
        "train": train,
        "space": {key: repr(dimension) for key, dimension in dimensions.items()},
        "base": base.to_dict(),
        "values": grid_values,
        **{key: options[key] for key in ("metric", "mode", "random_state", "repeats")},
        "sampler": sampler,
    }
    options["study_name"] = study or _name(method, train, identity)
    train_fn = load_train_function(train)
    search = _make(method, base, dimensions, options)
    if not (quiet or as_json):
        typer.echo(f"Study {search.study_name}; the same command goes on with it.")
    try:
        search.run(
            train_fn,
            n_jobs=jobs,
            experiment_root=experiments,
            verbose=not (quiet or as_json),
            early_stopping_patience=patience,
            target=target,
            retry_failed=retry_failed,
            **limits,  # type: ignore[arg-type]  # only the two times are in it
        )
    except KeyboardInterrupt:
        typer.echo("Stopped; what is finished is kept. The same command goes on.", err=True)
        raise
    print_ending(search, as_json)


def _check_method(
    method: Method, trials: int | None, grid_values: int | None, sampler: str | None
) -> None:
    for option, given, fitting in (
        ("--trials", trials, {Method.random, Method.quasirandom, Method.bayesian}),
        ("--grid-values", grid_values, {Method.grid}),
        ("--sampler", sampler, {Method.bayesian}),
    ):
        if given is not None and method not in fitting:
            methods = ", ".join(sorted(fits.value for fits in fitting))
            raise CommandError(
                f"{option} is for --method {methods}, not {method.value}; leave it out."
            )


def _modes(modes: list[str] | None, count: int) -> Any:
    given = modes or ["min"] * count
    if len(given) != count:
        raise CommandError(f"There are {count} --metric and {len(given)} --mode; give one each.")
    return given[0] if count == 1 else given


def _name(method: Method, train: str, identity: Mapping[str, Any]) -> str:
    """Return the same name for the same search: what makes it another goes into the digest."""
    text = json.dumps(identity, sort_keys=True, default=repr)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{method.value}-{train.partition(':')[2]}-{digest}"


def _make(method: Method, base: Any, space: Mapping[str, Any], options: dict[str, Any]) -> Search:
    from frameworm.search import BayesianSearch, GridSearch, QuasiRandomSearch, RandomSearch

    classes: dict[Method, Any] = {
        Method.grid: GridSearch,
        Method.random: RandomSearch,
        Method.quasirandom: QuasiRandomSearch,
        Method.bayesian: BayesianSearch,
    }
    made: Search = classes[method](base, space, **options)
    return made

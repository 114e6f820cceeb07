"""``frameworm search run``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from frameworm.cli.help_text import Command, examples
from frameworm.cli.inputs.search import METHODS, MODES, PRUNERS, SAMPLERS
from frameworm.cli.options import DEFAULT_STORAGE, AsJson, Storage, one_of, storage_url
from frameworm.errors import CommandError, NoResultError, ObjectiveError

__all__ = ["register"]

_SEARCH, _EXECUTION, _LIMITS = "Search", "Execution", "Limits"
_STORAGE, _OUTPUT = "Storage", "Output"


def register(app: typer.Typer) -> None:
    """Add the command to a group."""
    app.command(
        "run",
        cls=Command,
        help="Run a search, or go on with it: the same line again does only what is missing.",
        epilog=examples(
            "frameworm search run --config base.yaml --space space.yaml --train train:train_fn",
            "frameworm search run --config base.yaml --space space.yaml --train train:train_fn "
            "--method grid --jobs 4",
            "frameworm search run --config base.yaml --space space.yaml --train pkg.train:fit "
            "--set training.epochs=20 --trials 200 --pruner asha --timeout 1h --study mnist",
        ),
    )(run)


def _names(option: str, known: tuple[str, ...], text: str, panel: str = _SEARCH) -> Any:
    """Return an option that takes one of some names."""
    return typer.Option(
        option,
        metavar="NAME",
        help=text,
        callback=one_of(option, known),
        autocompletion=lambda incomplete: [name for name in known if name.startswith(incomplete)],
        rich_help_panel=panel,
    )


def _number(option: str, text: str, panel: str, least: float | None = 1) -> Any:
    return typer.Option(option, metavar="N", min=least, help=text, rich_help_panel=panel)


def _duration(option: str, text: str) -> Any:
    return typer.Option(option, metavar="TIME", help=text, rich_help_panel=_LIMITS)


def run(
    config: Annotated[
        Path,
        typer.Option(help="The base config, a YAML file.", metavar="FILE", rich_help_panel=_SEARCH),
    ],
    space: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="The search space, a YAML file: lists of values, or mappings such as "
            "{type: real, low: 1e-5, high: 1e-2, log: true}, by dotted key.",
            rich_help_panel=_SEARCH,
        ),
    ],
    train: Annotated[
        str,
        typer.Option(
            metavar="MODULE:FUNCTION",
            help="The train function: from a Config to a dictionary of metrics. Its module may lie "
            "in the working directory.",
            rich_help_panel=_SEARCH,
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change the base config, the value in YAML; repeat it for several.",
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    method: Annotated[
        str, _names("--method", METHODS, f"How points are chosen: {', '.join(METHODS)}.")
    ] = "bayesian",
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="The metric to search for; val_loss by default. Repeat it for several.",
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    mode: Annotated[
        list[str] | None,
        _names("--mode", MODES, "min if less is better (default), or max; one for each metric."),
    ] = None,
    trials: Annotated[
        int | None,
        _number("--trials", "Trials in all, 50 by default; a grid has its own number.", _SEARCH),
    ] = None,
    grid_values: Annotated[
        int | None,
        _number(
            "--grid-values", "Values of each real or integer in a grid, 5 by default.", _SEARCH
        ),
    ] = None,
    seed: Annotated[
        int | None,
        _number("--seed", "The seed; drawn and kept with the study by default.", _SEARCH, 0),
    ] = None,
    sampler: Annotated[
        str | None,
        _names("--sampler", SAMPLERS, "For bayesian: auto (default), tpe, gp, cmaes or nsgaii."),
    ] = None,
    pruner: Annotated[
        str | None,
        _names("--pruner", PRUNERS, "Stop hopeless trials: median, asha, hyperband or wilcoxon."),
    ] = None,
    repeats: Annotated[int, _number("--repeats", "Runs of each configuration.", _SEARCH)] = 1,
    jobs: Annotated[
        int, _number("--jobs", "Trials at once; -1 for one a core, or a GPU.", _EXECUTION, None)
    ] = 1,
    gpus: Annotated[
        str | None,
        typer.Option(
            metavar="N,N",
            help="Give each process one of these GPUs: numbers or UUIDs as in 0,1; or auto.",
            rich_help_panel=_EXECUTION,
        ),
    ] = None,
    trials_per_gpu: Annotated[
        int | None, _number("--trials-per-gpu", "Trials at once on each GPU.", _EXECUTION)
    ] = None,
    processes_per_trial: Annotated[
        int,
        _number(
            "--processes-per-trial",
            "Processes that run each trial together, as torchrun would, with a GPU each.",
            _EXECUTION,
        ),
    ] = 1,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed", help="Run failed trials again first.", rich_help_panel=_EXECUTION
        ),
    ] = False,
    max_retries: Annotated[
        int,
        _number(
            "--max-retries", "How often a trial whose process died is run again.", _EXECUTION, 0
        ),
    ] = 2,
    timeout: Annotated[
        str | None,
        _duration("--timeout", "Start no trial after so long, as in 90s, 30m, 1h."),
    ] = None,
    trial_timeout: Annotated[
        str | None, _duration("--trial-timeout", "Stop and fail a trial after so long.")
    ] = None,
    stop_grace: Annotated[
        str, _duration("--stop-grace", "After a signal, let running trials save for so long.")
    ] = "10s",
    patience: Annotated[
        int | None,
        _number("--patience", "Stop after so many trials that are not better.", _LIMITS),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            metavar="SCORE", help="Stop once a trial is at least as good.", rich_help_panel=_LIMITS
        ),
    ] = None,
    max_failures: Annotated[
        int, _number("--max-failures", "Stop when so many trials failed and none did not.", _LIMITS)
    ] = 5,
    storage: Storage = DEFAULT_STORAGE,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The study to create or go on with. By default its name is made of the method, "
            "the train function and what both files hold, so the same line finds it again.",
            rich_help_panel=_STORAGE,
        ),
    ] = None,
    checkpoints: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="Where trials save: a folder that all machines share, or a URL such as "
            "s3://bucket/folder; by default a folder beside the database.",
            rich_help_panel=_STORAGE,
        ),
    ] = None,
    extend: Annotated[
        bool,
        typer.Option(
            "--extend",
            help="Go on with --study although its space was another.",
            rich_help_panel=_STORAGE,
        ),
    ] = False,
    experiments: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Record each trial as an experiment there.",
            rich_help_panel=_STORAGE,
        ),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Show the result alone, no progress.", rich_help_panel=_OUTPUT
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a search."""
    from frameworm.cli.ending import print_ending, print_failures
    from frameworm.cli.inputs.base_config import check_not_searched, read_base
    from frameworm.cli.inputs.search import check_method, make_search, modes_of
    from frameworm.cli.inputs.space_file import read_space
    from frameworm.cli.inputs.train_function import load_train_function

    # The files first: loading the train function may take seconds.
    check_method(method, trials, grid_values, sampler)
    metrics = metric or ["val_loss"]
    modes = modes_of(mode, metrics)
    if jobs < 1 and jobs != -1:
        raise CommandError(f"--jobs is a number from 1, or -1 for one a core, got {jobs}.")
    limits = {
        "timeout": _seconds("--timeout", timeout),
        "trial_timeout": _seconds("--trial-timeout", trial_timeout),
        "stop_grace": _seconds("--stop-grace", stop_grace),
    }
    if seed is not None and seed >= 2**32:
        raise CommandError(f"--seed is a whole number below 2**32, got {seed}.")
    if study is not None and not study.strip():
        raise CommandError("--study is a name; it is empty here. Leave it out for one of its own.")
    devices = _devices(gpus)
    base = read_base(config, settings or [])
    dimensions = read_space(space, base.to_dict())
    check_not_searched(settings or [], dimensions)
    train_fn = load_train_function(train)
    search = make_search(
        method,
        train,
        base,
        dimensions,
        {
            "metric": metrics[0] if len(metrics) == 1 else metrics,
            "mode": modes[0] if len(metrics) == 1 else modes,
            "n_trials": trials,
            "num_values": grid_values,
            "random_state": seed,
            "sampler": sampler,
            "pruner": pruner,
            "repeats": repeats,
            "storage": storage_url(storage),
            "study_name": study,
            "extend": extend,
            "checkpoints": checkpoints,
        },
    )
    # Of the processes that torchrun starts the first one speaks.
    follows = "TORCHELASTIC_RUN_ID" in os.environ and os.environ.get("RANK", "0") != "0"
    talks = not (quiet or as_json or follows)
    if talks:
        typer.echo(f"Study {search.study_name}; the same command goes on with it.")
    try:
        search._tells_failures = False
        search.run(
            train_fn,
            n_jobs=jobs,
            gpus=devices,
            trials_per_gpu=trials_per_gpu,
            processes_per_trial=processes_per_trial,
            experiment_root=experiments,
            verbose=talks,
            early_stopping_patience=patience,
            target=target,
            max_failures=max_failures,
            max_retries=max_retries,
            retry_failed=retry_failed,
            **limits,  # type: ignore[arg-type]  # only the times are in it
        )
    except (KeyboardInterrupt, SystemExit):
        typer.echo("Stopped; what is finished is kept. The same command goes on.", err=True)
        raise
    except (ObjectiveError, NoResultError):
        if talks:
            print_failures(search)
        raise
    if not follows:
        print_ending(search, as_json, talks)


def _seconds(option: str, text: str | None) -> float | None:
    from frameworm.core.durations import parse_duration

    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise CommandError(f"{option}: {error}") from error


def _devices(gpus: str | None) -> list[int | str] | Literal["auto"]:
    if gpus is None or gpus == "auto":
        return [] if gpus is None else "auto"
    names = [name.strip() for name in gpus.split(",")]
    if not all(name.isdigit() or name.startswith(("GPU-", "MIG-")) for name in names):
        raise CommandError(
            "--gpus is numbers with commas, as in 0,1, the UUIDs that nvidia-smi -L shows, or "
            f"auto, got {gpus!r}."
        )
    return [int(name) if name.isdigit() else name for name in names]

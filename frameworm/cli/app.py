"""The command's tree, and how it ends."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from frameworm import __version__
from frameworm.cli import dashboard, experiments, files, run, studies, watch
from frameworm.cli.failures import FAILED, INTERRUPTED, USAGE, report_failure, say, show_logs
from frameworm.cli.help_text import MARKUP, Group, examples

__all__ = ["app", "main"]

app = typer.Typer(
    name="frameworm",
    help="Search hyperparameters of PyTorch models: exactly once, resumable, on an Optuna study.",
    epilog=examples(
        "frameworm search run --config base.yaml --space space.yaml --train train:train_fn",
        "frameworm search show",
        "frameworm search best --yaml > best.yaml",
        "frameworm dashboard",
    ),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=MARKUP,
    pretty_exceptions_enable=False,
)
_search = typer.Typer(
    help="Run searches, look at them and take their results elsewhere.",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=MARKUP,
)
app.add_typer(_search, name="search")
app.add_typer(experiments.app, name="experiments")
dashboard.register(app)
for part in (run, studies, watch, files):
    part.register(_search)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"frameworm {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the log, and a traceback with every error.")
    ] = False,
    version: Annotated[  # noqa: ARG001  # its callback answers
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    show_logs(debug)


def main() -> int:
    """Run the command.

    Returns:
        The exit code: 0; 1 if it failed; 2 for wrong usage or input; 130 after Ctrl-C. Another
        signal that stops a search raises ``SystemExit`` with 128 and its number.
    """
    show_logs(debug=False)
    try:
        return int(app(prog_name="frameworm", standalone_mode=False) or 0)
    except KeyboardInterrupt:
        return INTERRUPTED
    except typer.Abort:
        say("stopped; nothing was changed.")
        return FAILED
    except BrokenPipeError:
        # Whoever read the output has seen enough, as with | head; Python must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        # Typer's usage errors share no public base in all its versions.
        format_message = getattr(error, "format_message", None)
        if format_message is None:
            return report_failure(error)
        message = " ".join(str(format_message()).split())
        if message:  # a command given no arguments has shown its help instead
            command = getattr(getattr(error, "ctx", None), "command_path", None)
            say(f"{message.rstrip('.')}. See '{command} --help'." if command else message)
        return USAGE

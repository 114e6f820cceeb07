"""``frameworm dashboard``."""

from __future__ import annotations

from typing import Annotated

import typer

from frameworm.cli.help_text import Command, examples
from frameworm.cli.options import DEFAULT_STORAGE, Storage, checked_storage

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to a group."""
    app.command(
        "dashboard",
        cls=Command,
        epilog=examples(
            "frameworm dashboard", "frameworm dashboard --storage sqlite:///mnist.db --port 9000"
        ),
    )(dashboard)


def dashboard(
    storage: Storage = DEFAULT_STORAGE,
    port: Annotated[
        int, typer.Option(metavar="N", min=1, max=65535, help="The port on this machine.")
    ] = 8080,
    study: Annotated[
        str | None, typer.Option(metavar="NAME", help="Prepare this study only.")
    ] = None,
) -> None:
    """Look at studies in a browser with optuna-dashboard, on this machine only."""
    from frameworm.search.analysis.dashboard import serve_dashboard

    serve_dashboard(checked_storage(storage), port, study)

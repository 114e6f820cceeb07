"""What goes wrong, as one line on standard error and an exit code."""

from __future__ import annotations

import logging
import sys
import traceback

from frameworm.errors import (
    CommandError,
    ConfigError,
    ExperimentNameError,
    ExperimentNotFoundError,
    ExperimentQueryError,
    FramewormError,
    ResultsFileError,
    SearchArgumentError,
    SpaceError,
    StudyMismatchError,
    StudyNotFoundError,
    UnknownModelError,
)

__all__ = ["FAILED", "INTERRUPTED", "USAGE", "report_failure", "say", "show_logs"]

FAILED = 1
USAGE = 2
INTERRUPTED = 130

_logger = logging.getLogger("frameworm")
_BAD_INPUT = (
    CommandError,
    ConfigError,
    ExperimentNameError,
    ExperimentNotFoundError,
    ExperimentQueryError,
    ResultsFileError,
    SearchArgumentError,
    SpaceError,
    StudyMismatchError,
    StudyNotFoundError,
    UnknownModelError,
)


def show_logs(debug: bool) -> None:
    """Send Frameworm's log to standard error.

    Args:
        debug: Everything, and tracebacks with errors; otherwise warnings only.
    """
    if not _logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("frameworm: %(levelname)s: %(message)s"))
        _logger.addHandler(handler)
        logging.addLevelName(logging.WARNING, "warning")
    _logger.setLevel(logging.DEBUG if debug else logging.WARNING)


def report_failure(error: BaseException) -> int:
    """Say what went wrong in one line, after the traceback with ``--debug``.

    Args:
        error: What was raised.

    Returns:
        The exit code: 2 for what the caller can mend on the command line or in a file, else 1.
    """
    debug = _logger.isEnabledFor(logging.DEBUG)
    if debug:
        traceback.print_exception(type(error), error, error.__traceback__)
    text = " ".join(str(error).split())
    if not isinstance(error, FramewormError):
        more = "" if debug else " 'frameworm --debug ...' shows where."
        text = f"{type(error).__name__}: {text}.{more}"
    elif error.__cause__ is not None and not debug and not isinstance(error, _BAD_INPUT):
        text += " 'frameworm --debug ...' shows the whole traceback."
    say(text)
    return USAGE if isinstance(error, _BAD_INPUT) else FAILED


def say(text: str) -> None:
    """Print an error line."""
    print(f"frameworm: error: {text}", file=sys.stderr)  # noqa: T201  # a command prints

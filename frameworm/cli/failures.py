"""What goes wrong, as one line on standard error and an exit code."""

from __future__ import annotations

import logging
import re
import sys
import traceback

from frameworm.errors import (
    CommandError,
    ConfigError,
    ExperimentNameError,
    ExperimentNotFoundError,
    ExperimentQueryError,
    FramewormError,
    MetricError,
    ObjectiveError,
    ResultsFileError,
    SearchArgumentError,
    SpaceError,
    StudyMismatchError,
    StudyNotFoundError,
    UnknownModelError,
)

__all__ = ["FAILED", "INTERRUPTED", "USAGE", "in_flags", "report_failure", "say", "show_logs"]

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
    MetricError,
    ResultsFileError,
    SearchArgumentError,
    SpaceError,
    StudyMismatchError,
    StudyNotFoundError,
    UnknownModelError,
)
_EXPLAINED = (*_BAD_INPUT, ObjectiveError)
"""Errors whose causes are told in other ways than by --debug."""
_FLAGS = {
    "base_config": "--config",
    "search_space": "--space",
    "metric": "--metric",
    "mode": "--mode",
    "n_trials": "--trials",
    "num_values": "--grid-values",
    "random_state": "--seed",
    "sampler": "--sampler",
    "pruner": "--pruner",
    "repeats": "--repeats",
    "n_jobs": "--jobs",
    "gpus": "--gpus",
    "retry_failed": "--retry-failed",
    "max_retries": "--max-retries",
    "timeout": "--timeout",
    "trial_timeout": "--trial-timeout",
    "stop_grace": "--stop-grace",
    "early_stopping_patience": "--patience",
    "target": "--target",
    "max_failures": "--max-failures",
    "storage": "--storage",
    "study_name": "--study",
    "extend": "--extend",
    "checkpoints": "--checkpoints",
    "experiment_root": "--experiments",
}
"""The options that stand for the arguments of a search."""
_ASSIGNED = re.compile(
    r"\b(retry_failed|extend|sampler|pruner|metric|mode|storage|study_name|n_jobs|n_trials)="
    r"(?:'([^']*)'|\"([^\"]*)\"|(\w+(?:\.\w+)*))?"
)
_NAMED = re.compile(rf"(?<![-.\w'])({'|'.join(name for name in _FLAGS if '_' in name)})\b")
_FIRST = re.compile(rf"^({'|'.join(_FLAGS)}) (?=is|are)")


def in_flags(message: str) -> str:
    """Return a message about a search's arguments in the words of the command line.

    Args:
        message: The message.

    Example:
        >>> in_flags("run again with retry_failed=True, n_jobs=4, or raise max_failures.")
        'run again with --retry-failed, --jobs 4, or raise --max-failures.'
    """

    def option(match: re.Match[str]) -> str:
        value = next((given for given in match.groups()[1:] if given is not None), None)
        flag = _FLAGS[match[1]]
        return flag if value in (None, "True") else f"{flag} {value}"

    assigned = _ASSIGNED.sub(option, message)
    named = _NAMED.sub(lambda match: _FLAGS[match[1]], assigned)
    return _FIRST.sub(lambda match: f"{_FLAGS[match[1]]} ", named)


def show_logs(debug: bool) -> None:
    """Send Frameworm's log to standard error.

    Args:
        debug: Everything, and tracebacks with errors; otherwise warnings only.
    """
    if not _logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_InFlags("frameworm: %(levelname)s: %(message)s"))
        _logger.addHandler(handler)
        logging.addLevelName(logging.WARNING, "warning")
    _logger.setLevel(logging.DEBUG if debug else logging.WARNING)


class _InFlags(logging.Formatter):
    """Writes records in the words of the command line."""

    def format(self, record: logging.LogRecord) -> str:
        return in_flags(super().format(record))


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
    if not isinstance(error, CommandError):  # which speaks of flags already
        text = in_flags(text)
    if not isinstance(error, FramewormError):
        more = "" if debug else " 'frameworm --debug ...' shows where."
        text = f"{type(error).__name__}: {text}.{more}"
    elif error.__cause__ is not None and not debug and not isinstance(error, _EXPLAINED):
        text += " 'frameworm --debug ...' shows the whole traceback."
    say(text)
    return USAGE if isinstance(error, _BAD_INPUT) else FAILED


def say(text: str) -> None:
    """Print an error line."""
    print(f"frameworm: error: {text}", file=sys.stderr)  # noqa: T201  # a command prints

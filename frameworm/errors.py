"""Every error Frameworm raises on purpose.

Each error also subclasses the builtin a caller would expect, so ``except ValueError`` works::

    FramewormError
    ├── CommandError                ValueError
    ├── ConfigError
    │   ├── ConfigKeyError          AttributeError, KeyError
    │   ├── ConfigValueError        ValueError
    │   │   └── ConfigNotFoundError FileNotFoundError
    │   └── FrozenConfigError       TypeError
    ├── UnknownModelError           KeyError
    ├── TrainingError               RuntimeError
    ├── ExperimentError
    │   ├── ExperimentNameError     ValueError
    │   ├── ExperimentNotFoundError LookupError
    │   └── ExperimentQueryError    ValueError
    └── SearchError
        ├── SpaceError              ValueError
        ├── SearchArgumentError     ValueError
        │   └── UnknownArgumentError TypeError
        ├── MetricError             ValueError
        ├── ObjectiveError          RuntimeError
        │   └── FitError            ValueError
        ├── TrialPruned             RuntimeError
        ├── ProcessGroupError       RuntimeError
        ├── PicklingError           TypeError
        ├── NoResultError           LookupError
        ├── ResultsFileError        ValueError
        ├── StudyMismatchError      ValueError
        ├── StudyNotFoundError      LookupError
        ├── StorageError            OSError
        ├── CheckpointError         OSError
        ├── BackendNotFoundError    ImportError
        └── MissingPackageError     ImportError

``TrialInterrupted`` is no error: like ``KeyboardInterrupt`` it passes ``except Exception``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "BackendNotFoundError",
    "CheckpointError",
    "CommandError",
    "ConfigError",
    "ConfigKeyError",
    "ConfigNotFoundError",
    "ConfigValueError",
    "ExperimentError",
    "ExperimentNameError",
    "ExperimentNotFoundError",
    "ExperimentQueryError",
    "FitError",
    "FramewormError",
    "FrozenConfigError",
    "MetricError",
    "MissingPackageError",
    "NoResultError",
    "ObjectiveError",
    "PicklingError",
    "ProcessGroupError",
    "ResultsFileError",
    "SearchArgumentError",
    "SearchError",
    "SpaceError",
    "StorageError",
    "StudyMismatchError",
    "StudyNotFoundError",
    "TrainingError",
    "TrialInterrupted",
    "TrialPruned",
    "UnknownArgumentError",
    "UnknownModelError",
    "nearest",
]


class FramewormError(Exception):
    """Base of every error Frameworm raises on purpose."""

    def __str__(self) -> str:
        # KeyError would show the repr of its message, quotes and all.
        return " ".join(str(argument) for argument in self.args)


class CommandError(FramewormError, ValueError):
    """Something on the command line, or in a file it names, that cannot be used."""


class ConfigError(FramewormError):
    """A configuration is wrong or was used wrongly."""


class ConfigKeyError(ConfigError, AttributeError, KeyError):
    """A key the configuration does not have."""


class ConfigValueError(ConfigError, ValueError):
    """A configuration file or value that cannot be used."""


class ConfigNotFoundError(ConfigValueError, FileNotFoundError):
    """A configuration file that does not exist."""

    def __new__(cls, *args: object) -> Self:
        """Make it as OSError must be made; Dask's unpickling takes ValueError's way else."""
        return FileNotFoundError.__new__(cls, *args)


class FrozenConfigError(ConfigError, TypeError):
    """A frozen configuration was assigned to."""


class UnknownModelError(FramewormError, KeyError):
    """No model is registered under that name."""


class TrainingError(FramewormError, RuntimeError):
    """Training cannot go on, for example because the loss is not finite."""


class ExperimentError(FramewormError):
    """An experiment cannot be recorded or read."""


class ExperimentNameError(ExperimentError, ValueError):
    """A name that cannot be an experiment's, such as one that leaves the root directory."""


class ExperimentNotFoundError(ExperimentError, LookupError):
    """No experiment with that id or name."""


class ExperimentQueryError(ExperimentError, ValueError):
    """A filter, operator or order the experiment query does not know."""


class SearchError(FramewormError):
    """A search cannot be set up or cannot go on."""


class SpaceError(SearchError, ValueError):
    """A search space that breaks one of its rules."""


class SearchArgumentError(SearchError, ValueError):
    """An argument of a search outside what it accepts."""


class UnknownArgumentError(SearchArgumentError, TypeError):
    """A keyword argument that a search does not have; a ``TypeError``, as Python's own is."""


class MetricError(SearchError, ValueError):
    """The train function did not return the metric the search is about."""


class ObjectiveError(SearchError, RuntimeError):
    """The train function kept failing; the first failure is the cause."""


class FitError(ObjectiveError, ValueError):
    """Every candidate of a cross-validated search failed, or one did that must not."""


class TrialPruned(SearchError, RuntimeError):  # noqa: N818 - the field's name for it
    """A trial was stopped early because it looked hopeless; a train function lets it pass."""


class TrialInterrupted(BaseException):
    """The search is to stop; the trial goes back to waiting and is charged nothing for it."""


class ProcessGroupError(SearchError, RuntimeError):
    """The processes that run one trial together do not do the same."""


class PicklingError(SearchError, TypeError):
    """Something that must reach another process cannot be pickled."""


class NoResultError(SearchError, LookupError):
    """The best of nothing was asked for: no trial is complete."""


class ResultsFileError(SearchError, ValueError):
    """A file that does not hold saved search results."""


class StudyMismatchError(SearchError, ValueError):
    """A study is being resumed with another metric, mode, space or strategy."""


class StudyNotFoundError(SearchError, LookupError):
    """No study of that name in the storage."""


class StorageError(SearchError, OSError):
    """The storage cannot be opened, read or written."""


class CheckpointError(SearchError, OSError):
    """Checkpoints cannot be written to, or read from, the place where a search keeps them."""


class BackendNotFoundError(SearchError, ImportError):
    """No installed package provides the search engine asked for."""


class MissingPackageError(SearchError, ImportError):
    """An optional package that is needed for this is not installed."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the known name most like ``name``, or an empty string.

    Example:
        >>> nearest("training.lrr", ["training.lr", "model.dim"])
        " Did you mean 'training.lr'?"
    """
    matches = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {matches[0]!r}?" if matches else ""

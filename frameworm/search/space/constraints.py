"""Constraints: which configurations may be tried at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from frameworm.core import Config
from frameworm.core.json_values import name_of
from frameworm.errors import SearchArgumentError

__all__ = ["Constraint", "as_constraints", "is_allowed", "try_out"]

Constraint = Callable[[Config], bool]


def as_constraints(
    constraints: Constraint | Iterable[Constraint],
) -> tuple[Constraint, ...]:
    """Return constraints as a tuple of functions.

    Args:
        constraints: Functions of a ``Config``, or a single one.

    Raises:
        SearchArgumentError: If one is no function.

    Example:
        >>> as_constraints([callable]) == as_constraints(callable)
        True
    """
    if callable(constraints):
        return (constraints,)
    listed = tuple(constraints) if isinstance(constraints, Iterable) else (constraints,)
    for constraint in listed:
        if not callable(constraint):
            raise SearchArgumentError(
                f"constraints are functions of a Config that return True or False, got "
                f"{constraint!r}; write constraints=[lambda config: ...]."
            )
    return listed


def is_allowed(config: Config, constraints: Iterable[Constraint]) -> bool:
    """Whether every constraint returns ``True`` for a configuration.

    Args:
        config: The configuration.
        constraints: Functions of a ``Config``.

    Raises:
        SearchArgumentError: If one returns something else than ``True`` or ``False``.

    Example:
        >>> is_allowed(Config.from_dict({"lr": 0.5}), [lambda config: config.lr < 1])
        True
    """
    return all(_answer(constraint, constraint(config)) for constraint in constraints)


def try_out(constraints: Iterable[Constraint], config: Config) -> None:
    """Ask every constraint once, so that a wrong one is told before anything is stored.

    Args:
        constraints: Functions of a ``Config``.
        config: A configuration of the search.

    Raises:
        SearchArgumentError: If one returns something else than ``True`` or ``False``.
    """
    for constraint in constraints:
        is_allowed(config, [constraint])


def _answer(constraint: Constraint, answer: Any) -> bool:
    if isinstance(answer, bool):
        return answer
    # NumPy's and torch's comparisons return a truth value of their own.
    if str(getattr(answer, "dtype", "")).endswith("bool") and getattr(answer, "shape", 1) == ():
        return bool(answer)
    if answer is None:
        remedy = "let it return what it compares"
    else:
        # In Optuna a constraint returns numbers, and 0 or less means that it is met.
        remedy = "compare, as in `return value <= 0` for what Optuna takes as a number"
    raise SearchArgumentError(
        f"A constraint returns True for a configuration that may be tried and False for one that "
        f"may not, but {name_of(constraint)} returned {answer!r}; {remedy}."
    )

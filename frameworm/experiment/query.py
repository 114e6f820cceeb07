"""Filters on configurations and metrics.

They are evaluated here, not in SQL: a configuration is JSON to the database, and Python's
comparisons are what the one who asks expects (of NaN, booleans and lists, for example).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frameworm.core.tree import MISSING, find
from frameworm.errors import ExperimentQueryError, nearest
from frameworm.experiment.values import plain

__all__ = ["OPERATORS", "Condition", "conditions", "meets"]


def _is_in(value: Any, choices: Any) -> bool:
    return value in choices


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": _is_in,
}
"""The operators a filter may use, and nothing else."""


@dataclass(frozen=True)
class Condition:
    """What one value must meet.

    Attributes:
        key: The dotted key, or the name of the metric.
        operator: A key of `OPERATORS`.
        operand: What to compare with.
    """

    key: str
    operator: str
    operand: Any


def conditions(kind: str, wanted: Mapping[str, Any] | None) -> list[Condition]:
    """Return the conditions of a filter, checked.

    Args:
        kind: ``config_filter`` or ``metric_filter``, for the messages.
        wanted: By key, a value to equal or a pair ``(operator, operand)``. Any tuple that starts
            with a string and has two items is such a pair.

    Returns:
        The conditions.

    Raises:
        ExperimentQueryError: If it is no mapping, an operator is unknown, or ``in`` has no list.

    Example:
        >>> conditions("config_filter", {"optimizer": "adam", "training.lr": ("<=", 0.1)})[1]
        Condition(key='training.lr', operator='<=', operand=0.1)
        >>> conditions("metric_filter", {"loss": ("=<", 1)})
        Traceback (most recent call last):
        ...
        frameworm.errors.ExperimentQueryError: metric_filter['loss'] uses the operator '=<', ...
    """
    if wanted is None:
        return []
    if not isinstance(wanted, Mapping):
        raise ExperimentQueryError(
            f"{kind} is a mapping of keys to values or pairs, got {wanted!r}. "
            "Write {'training.lr': ('<=', 0.1)}."
        )
    return [_condition(kind, key, value) for key, value in wanted.items()]


def _condition(kind: str, key: Any, value: Any) -> Condition:
    if not isinstance(key, str):
        raise ExperimentQueryError(
            f"The keys of {kind} are strings, got {key!r}. Write it as 'training.lr'."
        )
    if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)):
        return Condition(key, "==", plain(value))
    name, operand = value
    if name not in OPERATORS:
        raise ExperimentQueryError(
            f"{kind}[{key!r}] uses the operator {name!r}, but the operators are "
            f"{' '.join(OPERATORS)}.{nearest(name, OPERATORS)} "
            f"To compare with the pair itself write ('==', {list(value)!r})."
        )
    if name == "in" and not isinstance(operand, (list, tuple, set, frozenset, range)):
        raise ExperimentQueryError(
            f"The operator 'in' takes a list of values, but {kind}[{key!r}] has {operand!r}. "
            f"Write ('in', [{operand!r}])."
        )
    return Condition(key, name, plain(list(operand) if name == "in" else operand))


def meets(values: Mapping[str, Any], wanted: list[Condition]) -> bool:
    """Tell whether the values meet every condition.

    Args:
        values: A configuration or metrics.
        wanted: The conditions. A key that is missing meets none, and neither does a value that
            cannot be compared with the operand, such as ``"adam" < 3``.

    Returns:
        Whether all are met.

    Example:
        >>> meets({"training": {"lr": 0.1}}, [Condition("training.lr", "<=", 0.1)])
        True
        >>> meets({"training": {}}, [Condition("training.lr", "!=", 0.1)])
        False
    """
    return all(_meets(find(values, condition.key), condition) for condition in wanted)


def _meets(value: Any, condition: Condition) -> bool:
    if value is MISSING:
        return False
    try:
        return OPERATORS[condition.operator](value, condition.operand)
    except TypeError:
        return False

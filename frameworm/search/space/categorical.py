"""A parameter that is one of a fixed set of choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from frameworm.errors import SpaceError
from frameworm.search.space.randomness import generator
from frameworm.search.space.values import python_scalar, same
from frameworm.search.space.when import When, conditions_of, show_when

if TYPE_CHECKING:
    from frameworm.search.space.randomness import RandomState

__all__ = ["Categorical"]


@dataclass(frozen=True, repr=False)
class Categorical:
    """One of a fixed set of choices, which may be any objects.

    Args:
        choices: The choices, in order; equal values of different types (``True`` and ``1``) are
            different choices. NumPy scalars become Python's own numbers.
        *more: Nothing: the choices are one list.
        when: Search this parameter only where others have certain values: a dictionary from their
            keys to a value or a list of values. Elsewhere the base config's value stays.

    Raises:
        SpaceError: If there is no choice, or one is given twice.

    Example:
        >>> Categorical(["adam", "sgd"]).get_grid_values()
        ['adam', 'sgd']
    """

    choices: tuple[Any, ...]
    when: When = ()

    def __init__(self, choices: Iterable[Any], *more: NoReturn, when: When = ()) -> None:
        object.__setattr__(self, "when", conditions_of(when))
        if more:
            listed = ", ".join(map(repr, (choices, *more)))
            raise SpaceError(
                f"Categorical takes its choices as one list; write Categorical([{listed}])."
            )
        if isinstance(choices, (str, bytes)) or not isinstance(choices, Iterable):
            raise SpaceError(
                f"Categorical needs a list of choices, got {choices!r}; write "
                f"Categorical([{choices!r}]) for a single one."
            )
        object.__setattr__(self, "choices", tuple(map(python_scalar, choices)))
        if not self.choices:
            raise SpaceError("Categorical needs at least one choice, got none.")
        alike: dict[tuple[type, str], list[Any]] = {}
        for choice in self.choices:
            earlier = alike.setdefault((type(choice), repr(choice)), [])
            if any(same(choice, other) for other in earlier):
                raise SpaceError(f"Categorical has the choice {choice!r} twice; give it once.")
            earlier.append(choice)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Categorical):
            return NotImplemented
        return (
            self.when == other.when
            and len(self.choices) == len(other.choices)
            and all(map(same, self.choices, other.choices))
        )

    def __hash__(self) -> int:
        return hash(tuple(f"{type(choice).__name__}:{choice!r}" for choice in self.choices))

    def __repr__(self) -> str:
        return f"Categorical([{', '.join(map(repr, self.choices))}]{show_when(self.when)})"

    def index(self, value: Any) -> int:
        """Return the position of a choice.

        Args:
            value: One of the choices; ``True`` is not ``1``.

        Raises:
            SpaceError: If it is not among them.
        """
        for index, choice in enumerate(self.choices):
            if same(choice, value):
                return index
        raise SpaceError(f"{value!r} is not among the choices {list(self.choices)!r}.")

    def sample(self, random_state: RandomState = None) -> Any:
        """Draw one choice.

        Args:
            random_state: A seed, a NumPy generator, or ``None`` for fresh randomness.

        Returns:
            The very object given as a choice.
        """
        drawn = int(generator(random_state).uniform(0, len(self.choices)))
        return self.choices[min(drawn, len(self.choices) - 1)]

    def get_grid_values(self, num_values: int | None = None) -> list[Any]:
        """Return every choice, in order; a grid leaves none out.

        Args:
            num_values: Accepted so that all dimensions are asked alike; it changes nothing.

        Returns:
            The choices.
        """
        del num_values
        return list(self.choices)

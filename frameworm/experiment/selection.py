"""Which experiments are listed, and reading them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from frameworm.errors import ExperimentQueryError, nearest
from frameworm.experiment import schema
from frameworm.experiment.entry import STATUSES, final_metrics
from frameworm.experiment.frames import experiments_frame
from frameworm.experiment.names import tag_tuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["choose", "read_frame"]


def choose(
    status: str | None = None, tags: str | Iterable[str] | None = None, limit: int | None = None
) -> sa.Select[Any]:
    """Return the query for the numbers of some experiments.

    Args:
        status: Only those with this status.
        tags: Only those with all of these tags.
        limit: At most so many, the newest.

    Returns:
        The query.

    Raises:
        ExperimentQueryError: If the status is unknown or the limit no count.
    """
    table, tag = schema.experiments, schema.tags
    chosen = sa.select(table.c.number).order_by(table.c.number.desc())
    if status is not None:
        if status not in STATUSES:
            raise ExperimentQueryError(
                f"The status is one of {', '.join(STATUSES)}; got {status!r}."
                f"{nearest(str(status), STATUSES)} Leave it out for all."
            )
        chosen = chosen.where(table.c.status == status)
    for wanted in tag_tuple(tags or ()):
        tagged = sa.select(tag.c.experiment).where(tag.c.tag == wanted)
        chosen = chosen.where(table.c.number.in_(tagged))
    if limit is None:
        return chosen
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise ExperimentQueryError(
            f"The limit is a count of 0 or more, got {limit!r}. Leave it out for all."
        )
    return chosen.limit(limit)


def read_frame(
    connection: sa.Connection, chosen: sa.Select[Any], found: set[int] | None = None
) -> pd.DataFrame:
    """Read the table `ExperimentManager.list_experiments` documents.

    Args:
        connection: An open connection.
        chosen: The query for the numbers of the experiments.
        found: Only those among them; None for all.

    Returns:
        The table, the newest experiment first.
    """
    table, tag = schema.experiments, schema.tags
    columns = [column for column in table.c if column.name != "config"]
    query = sa.select(*columns).where(table.c.number.in_(chosen)).order_by(table.c.number.desc())
    rows = connection.execute(query).all()
    names = sa.select(tag.c.experiment, tag.c.tag).where(tag.c.experiment.in_(chosen))
    tags: dict[int, list[str]] = {}
    for number, name in connection.execute(names.order_by(tag.c.experiment, tag.c.position)):
        tags.setdefault(number, []).append(name)
    wanted = [row for row in rows if found is None or row.number in found]
    return experiments_frame(wanted, tags, final_metrics(connection, chosen))

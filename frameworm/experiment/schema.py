"""The tables of ``experiments.db``.

All times are seconds since 1970.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["experiments", "metadata", "metrics", "tags"]

metadata = sa.MetaData()

experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("config", sa.Text, nullable=False),  # JSON
    sa.Column("study", sa.Text, index=True),
    sa.Column("trial", sa.Integer),
    sa.Column("git_commit", sa.Text),
    sa.Column("git_dirty", sa.Boolean),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("started_at", sa.Float),
    sa.Column("finished_at", sa.Float),
    sa.Column("error", sa.Text),
    # A number is never given again, or the writer of a deleted experiment would add to another.
    sqlite_autoincrement=True,
)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column(
        "experiment", sa.ForeignKey("experiments.number", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("tag", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("experiment", "tag"),
    sa.Index("ix_tags_tag", "tag"),
)

metrics = sa.Table(
    "metrics",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column(
        "experiment", sa.ForeignKey("experiments.number", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("step", sa.Integer),
    sa.Column("value", sa.Float),  # NULL is NaN: SQLite has no NaN, and turns one into NULL
    sa.Column("timestamp", sa.Float, nullable=False),
    sa.Index("ix_metrics_experiment_name", "experiment", "name"),
)

"""The ``frameworm`` command."""

from frameworm.cli.app import main

__all__ = ["main"]

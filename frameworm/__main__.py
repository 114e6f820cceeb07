"""``python -m frameworm``: the ``frameworm`` command."""

from frameworm.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    raise SystemExit(main())

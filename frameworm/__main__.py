"""``python -m frameworm``: the ``frameworm`` command."""

from frameworm.cli import main

raise SystemExit(main())

"""Worker processes: the pool, what happens in one, its output, its children, what a trial harms.

Imports trial and core; the runners and the driver stand above.
"""

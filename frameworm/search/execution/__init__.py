"""Running a study: the driver loop, where trials run, the worker processes, limits, progress.

Imports study, space, trial and core; it does not know the results.
"""

"""What a search has found: results, their frame, front, file and summary.

Imports study, space, trial and core; it does not know the execution.
"""

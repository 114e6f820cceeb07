"""One trial, as training and search both see it: its state, spec, outcome, record, its reports.

Imports nothing but core and errors.
"""

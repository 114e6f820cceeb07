"""Frameworm's words in Optuna's: distributions, samplers, pruners, settings, attributes.

Imports nothing else of the adapter.
"""

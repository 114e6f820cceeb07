"""The port to an engine: the protocols, what a study is about, and how the engine is found.

Imports space, trial and core.
"""

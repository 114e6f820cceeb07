"""What users hold, as what a search space is made of: axes, other libraries' dimensions, points.

Imports the dimensions; the spaces import it.
"""

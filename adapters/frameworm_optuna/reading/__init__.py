"""Reading studies fast: records, columns, the list of studies.

Imports database and translate.
"""

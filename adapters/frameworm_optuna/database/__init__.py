"""The database under a study: its URL, engine, tables and transactions.

Imports translate.
"""

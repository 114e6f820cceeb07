"""Where trials' checkpoints lie: in folders of this machine, or wherever fsspec reaches.

A trial always writes into a folder here. Where the search keeps its checkpoints elsewhere, they are
copied there, whole or not at all, and fetched from there.
"""

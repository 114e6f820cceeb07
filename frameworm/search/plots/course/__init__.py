"""How a search went on: its best so far, its learning curves, when trials ran, several searches."""

"""How good the configurations are that a search finds, on problems that cost no training."""

"""What a command line names: the base config, the search space, the train function."""

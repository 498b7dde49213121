"""Charts of a class, and of one network."""

"""Charts: the class, and one network."""

"""The checks of a hand-in or of its rebuilt network, one a file."""

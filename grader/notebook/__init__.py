"""A hand-in's notebook: one child reads and renders it, another calls its functions."""

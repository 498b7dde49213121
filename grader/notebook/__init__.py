"""A hand-in's notebook: read and rendered in a child, and its functions called in another."""

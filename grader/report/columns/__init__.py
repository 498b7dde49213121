"""The columns of a class that only one kind of lab has: on a terminal, in sheets and summaries."""

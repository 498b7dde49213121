"""A lab's own experiment: what it must give exactly, and a run of it as the reference."""

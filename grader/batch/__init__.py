"""A class of hand-ins: its sources, its workers, and what is kept of it."""

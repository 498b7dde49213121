"""Find similar hand-ins in a class; the result never changes a grade."""

"""Compare two gradings of a class: by another lab file, or of another run."""

"""Two gradings of a class side by side: by another lab file, or of another run."""

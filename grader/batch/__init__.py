"""Measures a class of hand-ins: its sources, its worker processes, and the stored measurements."""

"""Grades on-device machine learning labs."""

__version__ = "0.1.0"

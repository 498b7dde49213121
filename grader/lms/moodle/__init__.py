"""Moodle: its download, and what goes back to it."""

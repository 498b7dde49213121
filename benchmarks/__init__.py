"""Measurements against others; never run as tests."""

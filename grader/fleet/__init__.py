"""A class on several devices."""

"""The measurement of a class on several devices."""

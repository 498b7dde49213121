"""Runs networks: the lab's preprocessing, the eager network, and its XNNPACK program."""

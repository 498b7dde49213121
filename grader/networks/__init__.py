"""Rebuilds an untrusted checkpoint as a network of our own, with its widths and weights."""

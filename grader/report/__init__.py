"""Renderers: each takes reports and returns text; none reads a file, a clock or the network."""

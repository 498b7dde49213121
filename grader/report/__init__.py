"""Report formats: each takes reports and returns text, without files, clock or network."""

"""The checks' ids, and the records of their evidence."""

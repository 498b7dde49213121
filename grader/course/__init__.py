"""A course: its labs and settings in course.toml, its extensions, and the totals of its term."""

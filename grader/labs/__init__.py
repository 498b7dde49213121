"""The labs that come with the grader, a TOML file each."""

DEFAULT_LAB = "prune-mobilenet-2024"

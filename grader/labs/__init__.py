"""The labs that come with the grader, one TOML file each."""

from pathlib import Path

DEFAULT_LAB = "prune-mobilenet-2024"
LAB_FOLDER = Path(__file__).parent

"""What runs on a device in its shell, POSIX's: nothing has to be installed there."""

from functools import cache
from pathlib import Path


@cache
def script(name: str) -> str:
    """The text of one of the scripts beside this file."""
    return Path(__file__).with_name(f"{name}.sh").read_text(encoding="utf-8")

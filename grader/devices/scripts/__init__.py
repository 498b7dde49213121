"""Scripts for the POSIX shell of a device; it needs no other software."""

from functools import cache
from pathlib import Path


@cache
def script(name: str) -> str:
    """Return the text of the script `name`.sh in this folder."""
    return Path(__file__).with_name(f"{name}.sh").read_text(encoding="utf-8")

"""benchmarks/results.md: the tables of `make bench`, and below them the section on marking."""

from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
MARKING = "## Marking"  # the heading of its section, which is the last


def write_engines(text: str) -> None:
    """Replace everything above the section on marking by `text`."""
    _, heading, marking = _written().partition(MARKING)
    _write(text, heading + marking)


def write_marking(text: str) -> None:
    """Replace the section on marking by `text`, which begins with its heading."""
    _write(_written().partition(MARKING)[0], text)


def _written() -> str:
    return RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""


def _write(*sections: str) -> None:
    text = "\n\n".join(each.strip() for each in sections if each.strip())
    RESULTS.write_text(f"{text}\n", encoding="utf-8")

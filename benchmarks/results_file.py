"""benchmarks/results.md: the tables of `make bench`, and below them a section of each other one."""

import re
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
_SECTION = re.compile(r"^(?=## )", re.MULTILINE)


def write_engines(text: str) -> None:
    """Replace everything above the first section by `text`."""
    _, *sections = _written()
    _write(text, *sections)


def write_section(text: str) -> None:
    """Replace the section with the heading in the first line of `text` (`## …`), or add it."""
    heading = text.partition("\n")[0]
    first, *sections = _written()
    headings = [each.partition("\n")[0] for each in sections]
    if heading in headings:
        sections[headings.index(heading)] = text
    else:
        sections.append(text)
    _write(first, *sections)


def _written() -> list[str]:
    return _SECTION.split(RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else "")


def _write(*sections: str) -> None:
    text = "\n\n".join(each.strip() for each in sections if each.strip())
    RESULTS.write_text(f"{text}\n", encoding="utf-8")

"""docs/json.md has the line of every key of the records, and no other key."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest

from grader.evidence import ids
from grader.evidence.checks import EVIDENCE
from grader.evidence.record import Record
from tests.places import ROOT

PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Evidence\n")[2]
HEADER = "| Key | What it is |\n|---|---|"


def all_records() -> dict[type[Record], None]:
    """The records of every check, each followed by the records in its lists."""
    found: dict[type[Record], None] = {}
    for record in (each for records in EVIDENCE.values() for each in records):
        found[record] = None
        found.update(dict.fromkeys(rows(record)))
    return found


def rows(record: type[Record]) -> Iterator[type[Record]]:
    """The records in a record's lists."""
    for hint in get_type_hints(record).values():
        yield from within(hint)


def within(hint: object) -> Iterator[type[Record]]:
    """The records in a type of a list, which may be optional."""
    for inner in get_args(hint):
        if inspect.isclass(inner) and issubclass(inner, Record):
            yield inner
        yield from within(inner)


def lines(record: type[Record]) -> dict[str, str]:
    """The text below each field of a record's class."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(below, ast.Expr), f"{record.__name__}.{field.target.id} has no text"
            found[field.target.id] = ast.literal_eval(below.value)
    return found


def table(record: type[Record]) -> str:
    """The table of a record as in the page."""
    return "\n".join([HEADER, *(f"| `{key}` | {said} |" for key, said in lines(record).items())])


def documented(id: str) -> str:
    """A check's id as in the page."""
    of_parts = {ids.QUESTION: "N", ids.ANSWER: "ID", ids.TABLE: "ID"}
    return f"`{id}{of_parts.get(id, '')}`"


@pytest.mark.parametrize("record", all_records(), ids=lambda each: each.__name__)
def test_every_record_has_its_table(record: type[Record]) -> None:
    """The table has the keys in their order, each with the text below the field."""
    assert tuple(lines(record)) == record.key_names()
    assert f"{table(record)}\n" in SECTION, f"docs/json.md lacks this table:\n{table(record)}"


def test_the_page_has_no_other_table() -> None:
    """The page has no table, and so no key, that the records do not have."""
    told = [f"{HEADER}{rest}" for rest in SECTION.split(HEADER)[1:]]
    tables = {each.partition("\n\n")[0].rstrip("\n") for each in told}
    assert tables == {table(record) for record in all_records()}


def test_the_list_of_checks_has_their_keys() -> None:
    """The list has each check's id once, with the keys of all its records in their order."""
    cells = [line.split("|")[1:-1] for line in SECTION.partition(HEADER)[0].splitlines()]
    listed = {each[0].strip(): each[-1].strip() for each in cells if len(each) == 3}
    expected = {
        documented(id): ", ".join(
            dict.fromkeys(f"`{key}`" for record in records for key in record.key_names())
        )
        or "none"
        for id, records in EVIDENCE.items()
    }
    assert {id: keys for id, keys in listed.items() if id in expected} == expected
    assert set(listed) == {*expected, "`id`", "---"}

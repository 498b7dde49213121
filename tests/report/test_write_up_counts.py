from dataclasses import replace

from grader.report.write_up_counts import (
    is_asked_for,
    is_write_up,
    was_not_searched,
    write_up_counts,
)
from tests.report.examples import passed
from tests.report.write_ups import (
    ODD,
    UNREADABLE,
    WRONG,
    answer,
    cell,
    no_answer,
    no_table,
    pdf,
    table,
    write_up,
)


def test_what_was_found_is_counted() -> None:
    """Answers and tables, and the cells by how they fit."""
    unread = cell("float32", "size", "?", "not read")
    found = write_up_counts(
        write_up(
            "B1",
            *(pdf(), answer("device"), no_answer("plot"), no_answer("system", "only the question")),
            table(cell("float32", "size", "5.885"), WRONG, ODD, unread),
        )
    )
    assert (found.asked, found.found, found.not_found) == (4, 2, 2)
    assert (found.wrong, found.doubtful) == (1, 2)


def test_a_table_that_is_not_required_is_not_missing() -> None:
    """It counts if it is there, and so does a required one that is not."""
    assert not is_asked_for(no_table())
    assert is_asked_for(no_table(optional=False))
    assert is_asked_for(table(id="pruning.with-rewinding"))
    assert not is_asked_for(pdf())


def test_what_was_not_searched_is_not_missing() -> None:
    """The PDF could not be read: a person reads it."""
    unknown = replace(no_answer("device"), evidence={})
    found = write_up_counts(write_up("B1", UNREADABLE, unknown))
    assert (found.asked, found.found, found.not_found) == (1, 0, 0)
    assert was_not_searched(unknown)
    assert not was_not_searched(no_answer("device"))
    assert not was_not_searched(UNREADABLE)


def test_the_kind_follows_from_the_measurements() -> None:
    """A network's report has no write-up."""
    assert is_write_up(write_up("B1"))
    assert not is_write_up(passed("B1", 44.0, 9300, 0.4))

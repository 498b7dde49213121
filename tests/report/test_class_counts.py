from dataclasses import replace

from grader.report.class_counts import ClassCounts
from grader.report.class_people import Absent, ClassPeople
from grader.report.class_row import class_rows
from grader.types import Lateness, Punctuality, Report
from tests.report.examples import example_class, passed

GOOD = passed("1", 44.0, 9300, 0.4)


def handed_in(punctuality: Punctuality) -> Report:
    """The same hand-in, on time, late, or at an unknown time."""
    lateness = Lateness(punctuality=punctuality, text="", submitted_at=None, due="")
    return replace(GOOD, grade=replace(GOOD.grade, lateness=lateness))


def test_every_hand_in_has_one_status() -> None:
    """The statuses add up to the hand-ins; what is to review is counted by itself."""
    class_ = example_class()
    found = ClassCounts.of(class_rows(class_))
    assert found.statuses == {"passed": 9, "failed": 3, "error": 1, "skipped": 1}
    assert sum(found.statuses.values()) == found.hand_ins == len(class_)
    assert found.to_review == sum(each.grade.needs_review for each in class_) == 4
    assert ClassCounts.of(()).statuses == {}


def test_a_settled_hand_in_is_marked() -> None:
    """One without pending points and with a known total is marked, the other is to mark."""
    settled = replace(GOOD, grade=replace(GOOD.grade, pending=0.0))
    found = ClassCounts.of(class_rows([GOOD, settled]))
    assert (found.marked, found.to_mark) == (1, 1)


def test_late_and_absent_are_counted_only_if_known() -> None:
    """Without a time and a roster they are unknown, not zero."""
    unknown = ClassCounts.of(class_rows([GOOD, handed_in("unknown")]))
    assert (unknown.late, unknown.absent) == (None, None)
    assert not {"late", "absent"} & unknown.by_word.keys()
    people = ClassPeople(absent=(Absent(id="B9"), Absent(id="B10")))
    rows = class_rows([handed_in("late"), handed_in("on time"), handed_in("unknown")])
    assert {"hand-ins": 3, "late": 1, "absent": 2}.items() <= ClassCounts.of(
        rows, people
    ).by_word.items()
    assert ClassCounts.of(class_rows([handed_in("on time")])).late == 0

from grader.labs.kinds import KINDS
from grader.report.pages.kinds import PAGES, pages_of
from tests.report.examples import LAB
from tests.report.write_ups import LAB as WRITE_UP_LAB


def test_every_kind_has_pages() -> None:
    """A lab has those of its kind."""
    assert PAGES.keys() == KINDS.keys()
    assert pages_of(LAB) is PAGES["network"]
    assert pages_of(WRITE_UP_LAB) is PAGES["write-up"]

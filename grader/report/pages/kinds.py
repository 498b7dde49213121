"""The pages of each kind of lab."""

from collections.abc import Mapping

from grader.labs.kinds import kind_of
from grader.labs.spec import LabSpec
from grader.report.pages.network import NetworkPages
from grader.report.pages.parts import KindPages
from grader.report.pages.write_up import WriteUpPages

PAGES: Mapping[str, KindPages] = {"network": NetworkPages(), "write-up": WriteUpPages()}


def pages_of(lab: LabSpec) -> KindPages:
    """Return the pages of the lab's kind."""
    return PAGES[kind_of(lab)]

from dataclasses import replace

from grader.report.class_row import class_rows
from grader.report.problems import problems
from tests.report.examples import failed
from tests.report.measured import NO_MODEL, NOT_MOBILENET, OUR_ERROR


def test_equal_problems_are_one_line() -> None:
    """The same fault of several students is one problem, although the texts have their ids."""
    class_ = [failed(name, replace(NOT_MOBILENET, reason=f"{name} is none.")) for name in "ABC"]
    (first, *others) = problems(class_rows([*class_, failed("D", OUR_ERROR)]))
    assert (first.count, first.reason, first.students) == (3, "ID is none.", ("A", "B", "C"))
    assert [each.count for each in others] == [1]


def test_an_id_is_replaced_only_as_a_whole_word() -> None:
    """The id `m` does not change `mobilenet.pth`."""
    reason = "m.ipynb and model/mobilenet.pth are missing"
    (problem,) = problems(class_rows([failed("m", replace(NO_MODEL, reason=reason))]))[:1]
    assert problem.reason == "ID.ipynb and model/mobilenet.pth are missing"

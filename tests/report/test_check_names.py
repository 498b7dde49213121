from grader.evidence import ids
from grader.report.check_names import NAMES, names_of
from grader.types import Measurement, Status
from tests.report import write_ups
from tests.report.examples import LAB, example_class, report
from tests.report.write_ups import answer, no_table, pdf, write_up


def test_every_check_has_a_name() -> None:
    """Not only an id; only the parts of a notebook or a PDF have the lab's titles."""
    fixed = {
        value
        for name, value in vars(ids).items()
        if name.isupper() and isinstance(value, str) and value not in ids.PREFIXES
    }
    assert fixed == set(NAMES)
    for hand_in in example_class():
        assert all(name != id for id, name in names_of(hand_in).items())


def test_a_question_has_its_title() -> None:
    """From the report itself."""
    asked = Measurement(id="question.2", status=Status.SKIPPED, reason="A person marks it.")
    title = next(each.title for each in LAB.questions if each.id == "2")
    assert names_of(report("B1", asked))["question.2"] == title


def test_the_parts_of_a_write_up_have_the_labs_titles() -> None:
    """Without the lab, the words of the id."""
    hand_in = write_up("B1", pdf(), answer("device"), no_table())
    without, named = names_of(hand_in), names_of(hand_in, write_ups.LAB)
    assert without["answer.device"] == "Answer device"
    assert named["answer.device"] == next(
        each.title for each in write_ups.LAB.answers if each.id == "device"
    )
    assert "rewinding" in named["table.pruning.with-rewinding"]


def test_an_unknown_id_is_its_own_name() -> None:
    """A report of a newer grader is shown."""
    new = Measurement(id="energy", status=Status.PASSED)
    assert names_of(report("B1", new))["energy"] == "energy"

from grader.evaluators.registry import EVALUATORS, Evaluator, FileEvaluator
from grader.evidence import ids
from grader.types import Role


def test_what_an_evaluator_requires_is_measured_before_it() -> None:
    """They are asked in the dict's order, after the lineage."""
    before = {ids.LINEAGE}
    for id, evaluator in EVALUATORS.items():
        if isinstance(evaluator, Evaluator):
            assert set(evaluator.requires) <= before, id
            assert ids.LINEAGE in evaluator.requires, id
        before.add(id)


def test_evaluators_of_files_need_no_network() -> None:
    """The notebook is read even if the checkpoint failed."""
    files = {id for id, each in EVALUATORS.items() if isinstance(each, FileEvaluator)}
    assert files == {ids.NOTEBOOK}
    assert all(EVALUATORS[id].about is not Role.CHECKPOINT for id in files)


def test_every_role_that_a_lab_can_ask_for_is_measured() -> None:
    """A file that nothing looks at need not be handed in; no lab of networks has a write-up."""
    assert {each.about for each in EVALUATORS.values()} == set(Role) - {Role.WRITE_UP}

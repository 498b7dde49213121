"""Checks one question of the notebook, or leaves it to a person."""

from dataclasses import replace

from grader.errors import Fault, Skip
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.question import AnswerEvidence, Broken, PropertiesEvidence
from grader.evidence.record import written
from grader.labs.question import Question
from grader.notebook.cells import CellSandbox, limits_of
from grader.notebook.checks import CHECKS, Asked, Judgement
from grader.notebook.locate import Located
from grader.notebook.sensitivity import most_sensitive
from grader.notebook.unfilled import unfilled
from grader.types import Finding

TEXT_KEPT = 2_000  # characters of an answer; the notebook's page has all of it
A_PERSON = "A person marks it."
HELP = "Keep the number in the heading, and write the answer below the heading."


def measure_question(unpacked: UnpackedSubmission, question: Question) -> Finding:
    """The number of its properties, all of which hold.

    Raises `Fault` if a property does not hold, with those that do in its evidence; `Skip` if a
    person has to judge: a text, an answer that is not found, code that may not run here. Raises
    `HarnessError`, and as `UnpackedSubmission.notebook` does.
    """
    located = next(each for each in unpacked.located if each.question.id == question.id)
    answer = _answer(located)
    if not located.found:
        raise Skip(
            "Not found in the notebook: a person looks.",
            help=HELP,
            evidence=answer.json(),
        )
    if not question.checked:
        raise _left_to_a_person(unpacked, located, answer)
    if doubt := unpacked.another_lab:
        raise Skip(f"{doubt} {A_PERSON}", evidence=answer.json())
    if located.state != "answered":
        raise _not_answered(question, answer)
    judged = _judged(unpacked, located, answer)
    if len(judged.held) * 2 < len(question.properties) and unfilled(located.text):
        raise _not_answered(question, replace(answer, state="as given"))
    evidence = written(answer, *judged.evidence)
    if judged.broken:
        raise Fault(
            " ".join(tuple(dict.fromkeys(each.why for each in judged.broken))[:2]),
            help="Correct it and run `grader check` again; each property is worth points.",
            evidence=evidence,
        )
    return Finding(
        value=float(len(judged.held)), unit="properties", evidence=evidence, review=judged.review
    )


def _not_answered(question: Question, answer: AnswerEvidence) -> Fault:
    why = f"The answer is {answer.state}."
    return Fault(
        why,
        help="Fill in the cell between its two lines of #, and save the notebook.",
        evidence=written(answer, _all_broken(question, why)),
    )


def _answer(located: Located) -> AnswerEvidence:
    if not located.found:
        return AnswerEvidence(state=located.state, cell=located.cell)
    return AnswerEvidence(
        state=located.state,
        cell=located.cell,
        answer=located.text[:TEXT_KEPT],
        answer_left_out=max(0, len(located.text) - TEXT_KEPT),
    )


def _left_to_a_person(
    unpacked: UnpackedSubmission, located: Located, answer: AnswerEvidence
) -> Skip:
    evidence = answer.json()
    if located.question.kind == "most-sensitive":
        evidence |= most_sensitive(unpacked.notebook, located.text, unpacked.lab.network).json()
    said = "" if located.state == "answered" else f"The answer is {located.state}. "
    return Skip(f"{said}{A_PERSON}", evidence=evidence)


def _judged(unpacked: UnpackedSubmission, located: Located, answer: AnswerEvidence) -> Judgement:
    """The check's judgement. What it raises is raised again with the answer in the evidence."""
    sandbox = CellSandbox(
        isolation=unpacked.isolation, limits=limits_of(unpacked.lab), work=unpacked.work
    )
    asked = Asked(
        located=located,
        notebook=unpacked.notebook,
        lab=unpacked.lab,
        sandbox=sandbox,
        random=unpacked.random(f"question {located.question.id}"),
    )
    try:
        return CHECKS[located.question.kind](asked)
    except Fault as fault:
        evidence = written(answer, _all_broken(located.question, fault.reason))
        raise Fault(fault.reason, help=fault.help, evidence=evidence) from fault
    except Skip as skip:
        told = answer.json() | skip.evidence
        raise Skip(skip.reason, help=skip.help, evidence=told) from skip


def _all_broken(question: Question, why: str) -> PropertiesEvidence:
    broken = tuple(Broken(property=each, why=why) for each in question.properties)
    return PropertiesEvidence(held=(), broken=broken)

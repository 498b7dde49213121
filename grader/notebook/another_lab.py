"""Recognises the notebook of another lab by what it holds, however many question numbers agree."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from grader.labs.network_lab import NetworkLab
from grader.networks.registry import family_named
from grader.notebook.locate import Located
from grader.notebook.notebook import Notebook
from grader.notebook.outline import Heading, outline
from grader.notebook.source import parsed
from grader.text import counted

_NUMBER = re.compile(
    r"(?:question|q|[問问][題题]|[題题]目)\s{0,3}(\d{1,2}(?:\.\d{1,2})?)", re.IGNORECASE
)
_KEY = re.compile(r"[A-Za-z_]\w{0,99}(?:\.\w{1,99}){1,20}")
_KEYS_AT_MOST = 1_000
_KEYS_AT_LEAST = 3  # of another network in a dict; fewer may be a slip
_QUESTIONS_AT_LEAST = 2
_SHOWN = 3  # examples in the message
_ANOTHER = "This seems to be the notebook of another lab"
_NONE_FOUND = "None of the {questions} questions of {lab} was found in the notebook."
_ONE_FOUND = "Only 1 of the {questions} questions of {lab} was found in the notebook."
_FEW_FOUND = "Only {count} of the {questions} questions of {lab} were found in the notebook."


def another_lab(notebook: Notebook, lab: NetworkLab, located: tuple[Located, ...]) -> str | None:
    """Return why the notebook seems to be another lab's, as a sentence; None if it does not.

    One of these is enough: a dict of a question names the layers of another network; the notebook
    has questions that the lab does not have; it has no part of the lab, and fewer than half of the
    lab's questions, none with code of the right name.
    """
    if not (located and notebook.cells):
        return None
    known, foreign = _layers(notebook, lab)
    if len(foreign) >= _KEYS_AT_LEAST and len(foreign) > len(known):
        return f"{_ANOTHER}: its dict of layers has {_listed(foreign)}, no weights of this network."
    headings = outline(notebook, lab.questions).begun()
    extra = tuple(dict.fromkeys(_foreign_questions(headings, lab)))
    parts = any(each.part for each in headings)
    enough = _QUESTIONS_AT_LEAST if parts else 1
    if len(extra) >= enough and len(known) <= len(foreign):
        return f"{_ANOTHER}: it has Question {_listed(extra)}, which this lab does not have."
    found = [each.question for each in located if each.found]
    if len(found) * 2 >= len(located) or any(each.settings.name for each in found):
        return None
    fields = {"questions": len(located), "lab": lab.title}
    return counted(len(found), _ONE_FOUND, _FEW_FOUND if found else _NONE_FOUND, **fields)


def _layers(notebook: Notebook, lab: NetworkLab) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of the lab's dict that are weights of its network, and the other keys.

    A part of a weight's name is its key too (`conv.0.0`), and a name with a prefix (`module.`).
    """
    names = {each.settings.name for each in lab.questions if each.kind == "sparsity-dict"}
    family = family_named(lab.network.family)
    ours = [f".{each}." for each in family.original(lab.network.classes).shapes()]
    code = (cell.source for cell in notebook.cells if cell.kind == "code")
    keys = dict.fromkeys(key for source in code for key in _keys(source, names))
    known: list[str] = []
    foreign: list[str] = []
    for key in islice(keys, _KEYS_AT_MOST):
        dotted = f".{key}."
        is_ours = any(dotted in each or each in dotted for each in ours)
        (known if is_ours else foreign).append(key)
    return tuple(known), tuple(foreign)


def _keys(source: str, names: set[str | None]) -> Iterator[str]:
    """Yield the names of layers in the statements, at the top level of a cell, about the dict."""
    tree = parsed(source) if any(name and name in source for name in names) else None
    for statement in tree.body if tree is not None else ():
        nodes = list(ast.walk(statement))
        if any(isinstance(each, ast.Name) and each.id in names for each in nodes):
            texts = (each.value for each in nodes if isinstance(each, ast.Constant))
            yield from (each for each in texts if isinstance(each, str) and _KEY.fullmatch(each))


def _foreign_questions(headings: Iterable[Heading], lab: NetworkLab) -> Iterator[str]:
    ours = {each.id.partition(".")[0] for each in lab.questions}
    for heading in headings:
        match = _NUMBER.search(heading.text) if heading.asks else None
        if heading.question is None and match and match[1].partition(".")[0] not in ours:
            yield match[1]


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(each[:60] for each in names[:_SHOWN]) + more

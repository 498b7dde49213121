"""Programs of a tiny network, damaged here and there, and what becomes of running them."""

import copy
import dataclasses
import functools
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from grader.errors import Fault, Skip
from grader.evaluators.executorch import measure_submitted
from grader.sandbox.child import convert_program
from grader.sandbox.reply import read_message
from tests.fuzz.answers import helped
from tests.fuzz.spoilt import overwritten, spoilt
from tests.intake.archives import with_limits
from tests.old_programs import old_program
from tests.small_networks import small, small_program, subject

IMAGES = 2
_SECONDS = 20  # of processor time: a program that was made to loop ends as one of the lab would
_MARKS = rb"ET12|eh00|XN0\d|XH00"  # a program, its extended header, XNNPACK's payload and header
_NUMBERS = [0, 1, 2, 3, 8, 10, 255, 1 << 16, (1 << 31) - 1, 1 << 40, 1 << 62, -1, -(1 << 31)]
_TEXTS = ["", "forward", "XnnpackBackend", "QnnBackend", "aten::add", "x" * 10_000]
_UNWRITABLE = (struct.error, TypeError, ValueError, OverflowError, AttributeError)


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    """The program of a network of eight channels: spoilt, or right but for what it asks for.

    It has today's form or that of 2024.
    """
    program = draw(st.sampled_from([small_program(), old_program()]))
    match draw(st.sampled_from(["told otherwise", "told otherwise", "overwritten", "spoilt"])):
        case "told otherwise":
            return draw(_told_otherwise())
        case "overwritten":
            places = [found.start() for found in re.finditer(_MARKS, program)]
            start = draw(st.sampled_from([0, *places]))
            end = start + draw(st.sampled_from([64, 1 << 10, 1 << 14]))
            return program[:start] + draw(overwritten(program[start:end])) + program[end:]
        case _:
            return draw(spoilt(program))


@st.composite
def old_programs(draw: st.DrawFn) -> bytes:
    """The same in the form of 2024, spoilt; XNNPACK's payload most of the time."""
    program = old_program()
    if draw(st.booleans()):
        return draw(spoilt(program))
    start = program.find(b"XN00") - 4
    end = start + draw(st.sampled_from([64, 1 << 12, 1 << 14]))
    return program[:start] + draw(overwritten(program[start:end])) + program[end:]


@functools.cache
def _taken_apart() -> Any:
    from executorch.exir._serialize._program import deserialize_pte_binary

    return deserialize_pte_binary(small_program())


@st.composite
def _told_otherwise(draw: st.DrawFn) -> bytes:
    """A program whose tables are whole, with other sizes, indices, types or names in them."""
    from executorch.exir._serialize._program import serialize_pte_binary

    file = copy.deepcopy(_taken_apart())
    leaves = list(_leaves(file.program))
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        place, key = draw(st.sampled_from(leaves))
        value = place[key] if isinstance(place, list) else getattr(place, key)
        match value:
            case bytes():
                changed: object = draw(overwritten(value))
            case str():
                changed = draw(st.sampled_from(_TEXTS))
            case list():
                changed = draw(st.sampled_from([[], value + value, value[1:]]))
            case _:
                changed = draw(st.sampled_from(_NUMBERS) | st.integers(0, 300))
        if isinstance(place, list):
            place[key] = changed
        else:
            setattr(place, key, changed)
    try:
        return bytes(serialize_pte_binary(file))
    except _UNWRITABLE:
        reject()


def _leaves(whole: object) -> Iterator[tuple[Any, Any]]:
    """Where the numbers, texts and lists within a dataclass are: what holds each, and its key."""
    inner: list[tuple[Any, object]] = []
    if isinstance(whole, list):
        inner = list(enumerate(whole))
    elif dataclasses.is_dataclass(whole):
        inner = [(field.name, getattr(whole, field.name)) for field in dataclasses.fields(whole)]
    for key, value in inner:
        if isinstance(value, int | str | bytes | list):
            yield whole, key
        yield from _leaves(value)


def check(content: bytes, folder: Path) -> None:
    """The program is measured, or it is a verdict with help; the grader lives on."""
    hand_in = subject(small(), folder, IMAGES, content or b"\0")
    hand_in = dataclasses.replace(hand_in, lab=with_limits(hand_in.lab, program_seconds=_SECONDS))
    try:
        finding = measure_submitted(hand_in)
    except (Fault, Skip) as verdict:
        helped(verdict)
    else:
        assert 0 <= finding.value <= 1


def check_conversion(content: bytes, _folder: Path) -> None:
    """The child has an answer for it: a program, or a short reason."""
    message = convert_program.answer(content, inline=True)
    notes, tensors = read_message(message)
    assert set(tensors) | set(notes) in ({"program"}, {"unconvertible"})
    assert all(each.isprintable() and len(each) <= 200 for each in notes.values())

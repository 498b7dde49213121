"""Calls a function from a notebook, in the sandbox, and returns what it answered.

The code is the student's, and so are its process and every byte of the answer. What comes back is
therefore values, of checked form, for the caller to judge: it alone knows what is right.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from safetensors.torch import save

from grader.errors import Fault, HarnessError, Skip
from grader.labs.spec import LabSpec
from grader.sandbox import Child, Isolation, Limits, Outcome, run
from grader.sandbox.reply import read_message
from grader.text import masked
from grader.types import Json

TRIES = 2
HELP = "Run the cell by itself in a fresh notebook: it has to end, and to ask for nothing."

# Others (complex, quantised, 8-bit floats) lack operations that a judge would use.
_DTYPES = frozenset(
    {
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
    }
)
_NEEDS_BUBBLEWRAP = "Install bubblewrap (on Debian and Ubuntu: apt install bubblewrap)."

Value = torch.Tensor | Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A question: what `name(*arguments)` returns, or, without arguments (None), what `name` is.

    Tensors cross as they are, everything else as JSON.
    """

    name: str
    arguments: tuple[Value, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception instead of an answer: its type, its message, the line of the code, if known."""

    type: str
    message: str
    line: int | None

    def __str__(self) -> str:
        place = "" if self.line is None else f" in line {self.line:,}"
        return f"{self.type}{place}: {self.message}" if self.message else f"{self.type}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A value that is neither JSON nor a tensor, by the name of its type."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one call returned, and what its arguments were afterwards: hostile values, all.

    A tensor may be of any shape, a text may say anything.
    """

    returned: Value | Other | Raised
    arguments: tuple[Value | Other, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """An answer to each call, in order, and the end of what was printed meanwhile."""

    answers: tuple[Answer, ...]
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where cells are run, within what limits; their files lie below the folder `work`."""

    isolation: Isolation
    limits: Limits
    work: Path


class NotLoaded(Fault):
    """The code itself does not run, before anything is asked of it."""


def limits_of(lab: LabSpec) -> Limits:
    """What one question's code may use: enough for torch, and no machine's worth of anything."""
    seconds = lab.limits.notebook_seconds
    return Limits(
        wall_seconds=3.0 * seconds + 30,
        cpu_seconds=seconds,
        memory_bytes=4 << 30,
        total_bytes=2 << 30,
        processes=128,
        scratch_bytes=64 << 20,
        message_bytes=128 << 20,
    )


def run_calls(source: str, calls: Sequence[Call], bench: Bench, prelude: str = "") -> Answers:
    """Run `prelude`, which is ours, then `source`, and ask it every one of `calls`.

    Raises `Skip` where no program may run; `NotLoaded` when the source does not run, `Fault` when
    its process does not live to answer; `HarnessError` when that would happen to any source. A call
    that raises is an answer: the others are asked all the same.

    One that is killed or sleeps past the clock is tried again, since this machine may be why. The
    second time it is the code's doing: it has minutes for what takes seconds, and an ERROR would
    be tried again in every run to come.
    """
    if bench.isolation is not Isolation.BUBBLEWRAP:  # --unsandboxed is for programs only
        raise Skip("Running a notebook's cells needs isolation.", help=_NEEDS_BUBBLEWRAP)
    with tempfile.TemporaryDirectory(dir=bench.work, prefix="cells-") as folder:
        code, request = Path(folder, "source.py"), Path(folder, "request.safetensors")
        code.write_bytes(source.encode("utf-8", "backslashreplace"))
        request.write_bytes(_request(calls))
        child = Child(
            program="run_cells",
            inputs=(code, request),
            settings={"prelude": prelude},
            limits=bench.limits,
        )
        for _ in range(TRIES):
            outcome = run(child, bench.isolation)
            if not outcome.cut_short:
                break
        try:
            return _answers(outcome, source, len(calls))
        except Fault:
            code.write_bytes(b"")
            _check_ours(run(child, bench.isolation), len(calls))
            raise


def _check_ours(outcome: Outcome, count: int) -> None:
    """Raises `HarnessError` where even no code at all gets no answers."""
    try:
        _answers(outcome, "", count)
    except Fault as fault:
        raise HarnessError(f"Cells cannot be run on this machine: {fault.reason}") from fault


def _request(calls: Sequence[Call]) -> bytes:
    tensors: dict[str, torch.Tensor] = {}

    def told(value: Value) -> dict[str, Json]:
        if not isinstance(value, torch.Tensor):
            return {"value": value}
        name = str(len(tensors))
        tensors[name] = value.contiguous().clone()  # one tensor may be asked about twice
        return {"tensor": name}

    questions = [
        {
            "name": call.name,
            "arguments": None
            if call.arguments is None
            else [told(each) for each in call.arguments],
        }
        for call in calls
    ]
    return save(tensors, {"questions": json.dumps(questions)})


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Words = Annotated[str, Field(max_length=1_000)]


class _Failure(_Record):
    type: _Words
    message: _Words
    line: Annotated[int, Field(ge=0, lt=1 << 31)] | None

    def told(self) -> Raised:
        return Raised(type=_short(self.type), message=_short(self.message), line=self.line)


class _Told(_Record):
    """One of the three: JSON, the name of a tensor, the name of a type."""

    value: JsonValue = None
    tensor: _Words | None = None
    other: _Words | None = None


class _Answered(_Record):
    returned: _Told | None = None
    arguments: tuple[_Told, ...] = ()
    raised: _Failure | None = None


class Reply(_Record):
    """What the child says: an answer to each question, or why the code itself failed."""

    answers: tuple[_Answered, ...] = ()
    failed: _Failure | None = None


_REPLY = TypeAdapter(Reply)


def _answers(outcome: Outcome, source: str, count: int) -> Answers:
    if outcome.stopped or outcome.killed_by:
        raise Fault(f"The code {outcome.story}.", help=HELP)
    if not outcome.message:
        raise Fault(f"The code {outcome.story} before it had answered.", help=HELP)
    try:
        metadata, tensors = read_message(outcome.message)
        reply = _REPLY.validate_json(metadata["reply"])
        if reply.failed is not None:
            raise _explained(reply.failed.told(), source)
        answers = tuple(_answer(each, tensors) for each in reply.answers)
    except (HarnessError, KeyError, ValidationError) as error:  # the code writes there too
        raise _forged() from error
    if len(answers) != count:
        raise _forged()
    return Answers(answers=answers, printed=outcome.noise)


def _forged() -> Fault:
    return Fault(
        "The code answered in the grader's place, and not as the grader does.",
        help="Let the function return its result, and write to no file or pipe.",
    )


def _answer(record: _Answered, tensors: Mapping[str, torch.Tensor]) -> Answer:
    def value(told: _Told) -> Value | Other:
        if told.tensor is not None:
            tensor = tensors[told.tensor]
            return tensor if tensor.dtype in _DTYPES else Other(type=str(tensor.dtype))
        return told.value if told.other is None else Other(type=_short(told.other))

    if record.raised is not None:
        return Answer(returned=record.raised.told())
    returned = None if record.returned is None else value(record.returned)
    return Answer(returned=returned, arguments=tuple(value(each) for each in record.arguments))


def _explained(raised: Raised, source: str) -> NotLoaded:
    if raised.type == "EOFError":
        return NotLoaded(
            "The code asks for input, and nobody is there to give it.",
            help="Write the value into the cell instead of asking with input().",
        )
    if raised.type == "SystemExit":
        return NotLoaded("The code ends Python before it can be asked.", help="Take exit() out.")
    lines = dict(enumerate(source.splitlines(), start=1))
    if raised.line and lines.get(raised.line, "").lstrip().startswith(("%", "!")):
        return NotLoaded(
            f"Line {raised.line:,} is a command to the notebook, and only Python is run.",
            help="Leave such lines in a cell of their own.",
        )
    return NotLoaded(f"The code does not run: {raised}.", help=HELP)


def _short(text: str) -> str:
    return masked(text)[:300]

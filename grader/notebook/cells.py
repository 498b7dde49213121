"""Calls a function of a notebook in the sandbox and returns its result.

The student's code controls its process and every byte of the answer. So the answer holds only
values, whose form is checked here; the caller judges them, because only it knows the right ones.
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
from grader.labs.network_lab import NetworkLab
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, Isolation, run
from grader.sandbox.supervise import Outcome
from grader.text import masked
from grader.types import Json

TRIES = 2
HELP = "Run the cell by itself in a new notebook: it must finish, without asking for input."

# Other dtypes (complex, quantised, 8-bit floats) lack operations that the checks use.
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
    """A call of `name(*arguments)`; if `arguments` is None, a request for the value of `name`.

    Tensors are sent as tensors, all other values as JSON.
    """

    name: str
    arguments: tuple[Value, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The exception that a call raised: its type, its message, and the code's line, if known."""

    type: str
    message: str
    line: int | None

    def __str__(self) -> str:
        where = "" if self.line is None else f" in line {self.line:,}"
        return f"{self.type}{where}: {self.message}" if self.message else f"{self.type}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The type's name of a value that is neither JSON nor a tensor."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of one call, and its arguments after the call. All values are untrusted.

    A tensor may have any shape, and a text may have any content.
    """

    returned: Value | Other | Raised
    arguments: tuple[Value | Other, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answer to each call, in order, and the end of the code's printed output."""

    answers: tuple[Answer, ...]
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSandbox:
    """The isolation and limits for cells, and the folder `work` for their files."""

    isolation: Isolation
    limits: SandboxLimits
    work: Path


class NotLoaded(Fault):
    """The code itself fails, before any call is made."""


def limits_of(lab: NetworkLab) -> SandboxLimits:
    """Return the limits for one question's code: enough for torch, far below a whole machine."""
    seconds = lab.limits.notebook_seconds
    return SandboxLimits(
        wall_seconds=3.0 * seconds + 30,
        cpu_seconds=seconds,
        memory_bytes=4 << 30,
        total_bytes=2 << 30,
        processes=128,
        scratch_bytes=64 << 20,
        message_bytes=128 << 20,
    )


def run_calls(
    source: str, calls: Sequence[Call], sandbox: CellSandbox, prelude: str = ""
) -> Answers:
    """Run the trusted `prelude`, then `source`, and make each of `calls`.

    Raises `Skip` if no program may run here; `NotLoaded` if the source fails; `Fault` if its
    process ends without an answer; `HarnessError` if that happens without any source too. If a call
    raises, that is its answer, and the other calls are still made.

    If the process is killed or reaches the wall clock limit, it is tried again, because this
    machine may be the cause. After the second time the code is blamed: it had minutes for a task of
    seconds, and an ERROR would be tried again in every later run.
    """
    if sandbox.isolation is not Isolation.BUBBLEWRAP:  # --unsandboxed is for programs only
        raise Skip("Running a notebook's cells needs isolation.", help=_NEEDS_BUBBLEWRAP)
    with tempfile.TemporaryDirectory(dir=sandbox.work, prefix="cells-") as folder:
        code, request = Path(folder, "source.py"), Path(folder, "request.safetensors")
        code.write_bytes(source.encode("utf-8", "backslashreplace"))
        request.write_bytes(_request(calls))
        child = Child(
            program="run_cells",
            inputs=(code, request),
            settings={"prelude": prelude},
            limits=sandbox.limits,
        )
        for _ in range(TRIES):
            outcome = run(child, sandbox.isolation)
            if not outcome.interrupted:
                break
        try:
            return _answers(outcome, source, len(calls))
        except Fault:
            code.write_bytes(b"")
            _check_ours(run(child, sandbox.isolation), len(calls))
            raise


def _check_ours(outcome: Outcome, count: int) -> None:
    """Raise `HarnessError` if even empty code gets no answers."""
    try:
        _answers(outcome, "", count)
    except Fault as fault:
        raise HarnessError(f"Cells cannot be run on this machine: {fault.reason}") from fault


def _request(calls: Sequence[Call]) -> bytes:
    tensors: dict[str, torch.Tensor] = {}

    def encoded(value: Value) -> dict[str, Json]:
        if not isinstance(value, torch.Tensor):
            return {"value": value}
        name = str(len(tensors))
        tensors[name] = value.contiguous().clone()  # several calls may have the same tensor
        return {"tensor": name}

    questions = [
        {
            "name": call.name,
            "arguments": None
            if call.arguments is None
            else [encoded(each) for each in call.arguments],
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

    def raised(self) -> Raised:
        return Raised(type=_short(self.type), message=_short(self.message), line=self.line)


class _Value(_Record):
    """A JSON value, the name of a tensor, or the name of a type."""

    value: JsonValue = None
    tensor: _Words | None = None
    other: _Words | None = None


class _Answered(_Record):
    returned: _Value | None = None
    arguments: tuple[_Value, ...] = ()
    raised: _Failure | None = None


class Reply(_Record):
    """The child's message: an answer to each call, or why the code itself failed."""

    answers: tuple[_Answered, ...] = ()
    failed: _Failure | None = None


_REPLY = TypeAdapter(Reply)


def _answers(outcome: Outcome, source: str, count: int) -> Answers:
    if outcome.stopped or outcome.killed_by:
        raise Fault(f"The code {outcome.ending}.", help=HELP)
    if not outcome.message:
        raise Fault(f"The code {outcome.ending} before it returned an answer.", help=HELP)
    try:
        metadata, tensors = read_message(outcome.message)
        reply = _REPLY.validate_json(metadata["reply"])
        if reply.failed is not None:
            raise _explained(reply.failed.raised(), source)
        answers = tuple(_answer(each, tensors) for each in reply.answers)
    except (
        HarnessError,
        KeyError,
        ValidationError,
    ) as error:  # the student's code can write to the message too
        raise _forged() from error
    if len(answers) != count:
        raise _forged()
    return Answers(answers=answers, printed=outcome.stderr)


def _forged() -> Fault:
    return Fault(
        "The code wrote its own message to the grader, and the message is malformed.",
        help="Return the result from the function, and do not write to files or pipes.",
    )


def _answer(record: _Answered, tensors: Mapping[str, torch.Tensor]) -> Answer:
    def value(sent: _Value) -> Value | Other:
        if sent.tensor is not None:
            tensor = tensors[sent.tensor]
            return tensor if tensor.dtype in _DTYPES else Other(type=str(tensor.dtype))
        return sent.value if sent.other is None else Other(type=_short(sent.other))

    if record.raised is not None:
        return Answer(returned=record.raised.raised())
    returned = None if record.returned is None else value(record.returned)
    return Answer(returned=returned, arguments=tuple(value(each) for each in record.arguments))


def _explained(raised: Raised, source: str) -> NotLoaded:
    if raised.type == "EOFError":
        return NotLoaded(
            "The code asks for input, which the grader cannot give.",
            help="Write the value into the cell instead of calling input().",
        )
    if raised.type == "SystemExit":
        return NotLoaded("The code ends Python before it can be called.", help="Remove exit().")
    lines = dict(enumerate(source.splitlines(), start=1))
    if raised.line and lines.get(raised.line, "").lstrip().startswith(("%", "!")):
        return NotLoaded(
            f"Line {raised.line:,} is a notebook command; the grader runs only Python.",
            help="Put such lines into a separate cell.",
        )
    return NotLoaded(f"The code does not run: {raised}.", help=HELP)


def _short(text: str) -> str:
    return masked(text)[:300]

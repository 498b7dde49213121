"""The course's boards when a class was graded; the review shows them beside answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.devices.probe import Probe
from grader.labs.write_up_answer import WriteUpAnswer
from grader.results.folder import BOARDS, write_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board: its name in the pool, and what `grader device probe` says of it; None if nothing."""

    name: str
    model: str | None = None
    os: str | None = None
    torch: str | None = None


_BOARDS = TypeAdapter(tuple[Board, ...])


def board_of(probe: Probe) -> Board:
    """Return what answers are compared with."""
    return Board(name=probe.device, model=probe.model, os=probe.os, torch=probe.torch)


def keep_boards(boards: Sequence[Board], out: Path) -> None:
    """Write the boards below `out`. Raises `GraderError` if they cannot be written."""
    write_file(out / BOARDS, _BOARDS.dump_json(tuple(boards), indent=1).decode() + "\n")


def kept_boards(out: Path) -> tuple[Board, ...]:
    """Return the boards kept below `out`; none if there are none, or another program wrote them."""
    try:
        return _BOARDS.validate_json((out / BOARDS).read_bytes())
    except (OSError, ValidationError):
        return ()


def beside(answer: WriteUpAnswer, boards: Sequence[Board]) -> tuple[str, ...]:
    """Return what each board says to an answer: "pi4: Raspberry Pi 4 Model B". Empty without."""
    if answer.board is None:
        return ()
    said = ((each.name, getattr(each, answer.board)) for each in boards)
    return tuple(f"{name}: {value}" for name, value in said if value)

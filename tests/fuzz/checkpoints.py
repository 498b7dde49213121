"""Nearly valid checkpoints around pickles that were tampered with, and what their reader says."""

import functools
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import pytest
import torch
from hypothesis import strategies as st
from torch import nn

from grader.networks.checkpoint_reader import READ_LIMITS
from grader.sandbox.child.inert_pickle import StandIn
from grader.sandbox.child.unpickle import answer
from grader.sandbox.start import Child, best_isolation, run
from tests.fuzz.answers import judged
from tests.fuzz.canary import Heard, listening, little_memory
from tests.fuzz.opcodes import VALUES, Opcode, opcodes, spliced
from tests.fuzz.spoilt import spoilt
from tests.networks.checkpoints import NAME, WANTED, module_of, uneven
from tests.sandbox.archives import archive, zipped
from tests.sandbox.pickles import whole

SETTINGS = asdict(WANTED)

_MEMORY = 1 << 30
_LEGACY_PARTS = 5  # pickles: magic number, protocol, sizes, the object, the storages' keys


@dataclass(frozen=True, slots=True)
class Original:
    """A checkpoint taken apart: its pickle, and how to put a file around one."""

    pickled: tuple[Opcode, ...]
    around: Callable[[bytes], bytes]


def _zip(content: object) -> Original:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    with zipfile.ZipFile(buffer) as file:
        records = {each: file.read(each) for each in file.namelist()}
    pickled = next(each for each in records if each.endswith("/data.pkl"))
    return Original(
        opcodes(records[pickled]), lambda changed: zipped({**records, pickled: changed})
    )


def _legacy(content: object) -> Original:
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=False)
    left, parts = buffer.getvalue(), []
    for _ in range(_LEGACY_PARTS):
        parts.append(opcodes(left))
        left = left[sum(len(each.code) for each in parts[-1]) :]
    before = b"".join(each.code for part in parts[:3] for each in part)
    after = b"".join(each.code for each in parts[4]) + left
    return Original(parts[3], lambda changed: before + changed + after)


@functools.cache
def _originals() -> tuple[Original, ...]:
    network = module_of(uneven(3, 5, 6, 8, 9, 10, 12, 13, 15, 16))
    layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU6())
    contents = (network, network.state_dict(), layers, {"model": network, "epoch": 3})
    return (*map(_zip, contents), _legacy(network), _legacy(layers.state_dict()))


@st.composite
def _tampered(draw: st.DrawFn) -> bytes:
    original = draw(st.sampled_from(_originals()))
    content = original.around(draw(spliced(original.pickled)))
    return draw(spoilt(content)) if draw(st.integers(1, 8)) == 8 else content


def checkpoints() -> st.SearchStrategy[bytes]:
    """Real checkpoints with opcodes exchanged, and small ones made of opcodes alone."""
    return st.one_of(_tampered(), _tampered(), VALUES.map(lambda value: archive(whole(value))))


def check(content: bytes, folder: Path) -> None:
    """The reader describes or refuses, opens one file, and neither runs nor prints anything."""
    path = folder / NAME
    path.write_bytes(content)
    with _nothing_printed(), little_memory(_MEMORY), listening() as heard:
        message = answer(path, WANTED)
    assert [each for each in heard if not _harmless(each, path)] == []
    judged(message)


def _harmless(heard: Heard, path: Path) -> bool:
    # CPython prints "deallocated bytearray object has exported buffers" when it has no memory for
    # one: it looks at a field that it has not set yet.
    said = heard.event == "sys.excepthook" and heard.arguments[1] is SystemError
    return said or (heard.only_reads and heard.is_below(path.resolve()))


def check_in_child(content: bytes, folder: Path) -> None:
    """The same through the real child, which ends by itself."""
    path = folder / NAME
    path.write_bytes(content)
    child = Child(program="unpickle", inputs=(path,), settings=SETTINGS, limits=READ_LIMITS)
    outcome = run(child, best_isolation())
    assert outcome.ended_well, outcome
    judged(outcome.message)


@contextmanager
def _nothing_printed() -> Iterator[None]:
    def printed(loaded: StandIn) -> NoReturn:
        raise AssertionError(f"a {loaded.qualified_name} was printed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StandIn, "__repr__", printed)
        yield

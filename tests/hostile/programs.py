"""Programs that are damaged, of another time, of another shape, or out to harm whoever runs them.

`forward(...)` writes a program whose `forward` takes its first value and gives its second; a case
changes what it names. The rest are the bytes of `small_program()` with something done to them.
"""

import dataclasses
import functools
import random
from collections.abc import Callable
from typing import Any

import flatbuffers  # type: ignore[import-untyped]  # it ships no types
import numpy as np

from grader.inference.lean_imports import bare_packages
from grader.inference.quiet import quiet_libraries
from grader.types import Status
from tests.hostile.case import Case
from tests.old_programs import as_flatbuffer, inlined, old_program
from tests.small_networks import small, small_program

with quiet_libraries(), bare_packages("executorch.exir"):
    from executorch.exir import schema
    from executorch.exir._serialize._program import PTEFile, serialize_pte_binary
    from executorch.exir.scalar_type import ScalarType

ROW = np.arange(10, dtype=np.float32)[None]  # logits for anything
ROOM = 8 << 20  # bytes of planned memory: enough for two images of float64
GRAPH_BYTES = 9_600  # of XNNPACK's part; the weights come after it
FAR = (1 << 62).to_bytes(8, "little")


def tensor(*sizes: int, dtype: Any = ScalarType.FLOAT, constant: int = 0, at: int = 0) -> Any:
    """A value in planned memory at byte `at`, unless it is the program's constant number 1, …."""
    planned = schema.AllocationDetails(1, at, 0)
    return schema.Tensor(
        scalar_type=dtype,
        storage_offset=0,
        sizes=list(sizes),
        dim_order=list(range(len(sizes))),
        requires_grad=False,
        layout=0,
        data_buffer_idx=constant,
        allocation_info=None if constant else planned,
        shape_dynamism=schema.TensorShapeDynamism.STATIC,
    )


IMAGE = tensor(1, 3, 224, 224)
LOGITS = tensor(1, 10, constant=1)


def program(*values: Any, constants: tuple[bytes, ...], **changes: Any) -> Any:
    """A program in ExecuTorch's schema, with `changes` to the plan of its one method."""
    plan = schema.ExecutionPlan(
        name="forward",
        container_meta_type=schema.ContainerMetadata("", ""),
        values=[schema.EValue(value) for value in values],
        inputs=[0],
        outputs=[1],
        chains=steps(),
        operators=[],
        delegates=[],
        non_const_buffer_sizes=[0, ROOM],
    )
    return schema.Program(
        version=0,
        execution_plan=[dataclasses.replace(plan, **changes)],
        constant_buffer=[schema.Buffer(constant) for constant in (b"", *constants)],
        backend_delegate_data=[],
        segments=[],
        constant_segment=schema.SubsegmentOffsets(segment_index=0, offsets=[]),
    )


def forward(*values: Any, constants: tuple[bytes, ...] = (ROW.tobytes(),), **changes: Any) -> bytes:
    """The file of such a program."""
    file = PTEFile(program=program(*values, constants=constants, **changes))
    return bytes(serialize_pte_binary(file, extract_delegate_segments=True))


def steps(*instructions: Any) -> list[Any]:
    """The operators of `forward`."""
    return [schema.Chain([], [], [schema.Instruction(each) for each in instructions], None)]


def answering(answer: "np.ndarray[Any, Any]", dtype: Any = ScalarType.FLOAT) -> bytes:
    """A program with one answer for every image."""
    value = tensor(*answer.shape, dtype=dtype, constant=1)
    return forward(IMAGE, value, constants=(answer.tobytes(),))


def calling(operator: str, *arguments: int) -> bytes:
    """A program that calls an operator on values: 0 is the image, 1 the logits, 2 a number."""
    return forward(
        *(IMAGE, LOGITS, schema.Int(1)),
        operators=[schema.Operator(operator, "out")],
        chains=steps(schema.KernelCall(0, list(arguments))),
    )


def turning() -> bytes:
    """A program that rectifies the image again and again, as long as False is false.

    The runtime gives up after ten million instructions, which with this one are half an hour.
    """
    return forward(
        *(IMAGE, LOGITS, schema.Bool(False), tensor(1, 3, 224, 224, at=ROOM // 2)),
        operators=[schema.Operator("aten::relu", "out")],
        chains=steps(schema.KernelCall(0, [0, 3, 3]), schema.JumpFalseCall(2, 0)),
    )


def with_inline_constants() -> bytes:
    """A program of 2024: no segments, the constants between the instructions."""
    return inlined(program(IMAGE, LOGITS, constants=(ROW.tobytes(),)))


def delegating(*payloads: bytes, **changes: Any) -> bytes:
    """A program of 2024 that hands each payload to XNNPACK, with `changes` to its plan."""
    inline = [
        schema.BackendDelegateDataReference(schema.DataLocation.INLINE, number)
        for number in range(len(payloads))
    ]
    delegates = [
        schema.BackendDelegate(id="XnnpackBackend", processed=each, compile_specs=[])
        for each in inline
    ]
    made = program(IMAGE, LOGITS, constants=(ROW.tobytes(),), delegates=delegates, **changes)
    made.backend_delegate_data = [schema.BackendDelegateInlineData(data=each) for each in payloads]
    return inlined(made)


def graph_of(version: str) -> bytes:
    """XNNPACK's graph with one average that lacks its flag, and with nothing that it averages."""
    node = {"xnode_union_type": "XNNGlobalAvgPooling2d", "xnode_union": {"input_id": 7}}
    return as_flatbuffer({"version": version, "xnodes": [node], "xvalues": []})


def graph_bomb(count: int) -> bytes:
    """A program of 2024 whose graph has the same node `count` times; flatc writes each of them out.

    The node has 50,000 numbers.
    """
    builder = flatbuffers.Builder()
    builder.StartVector(4, 50_000, 4)
    for _ in range(50_000):
        builder.PrependUint32(1_000_000_000)
    numbers = builder.EndVector()
    builder.StartObject(5)
    builder.PrependUOffsetTRelativeSlot(1, numbers, 0)
    transpose = builder.EndObject()
    builder.StartObject(4)
    builder.PrependUint8Slot(0, 5, 0)  # the union's fifth: XNNStaticTranspose
    builder.PrependUOffsetTRelativeSlot(1, transpose, 0)
    node = builder.EndObject()
    builder.StartVector(4, count, 4)
    for _ in range(count):
        builder.PrependUOffsetTRelative(node)
    nodes = builder.EndVector()
    builder.StartObject(9)
    builder.PrependUOffsetTRelativeSlot(1, nodes, 0)
    builder.Finish(builder.EndObject(), file_identifier=b"XN00")
    return delegating(bytes(builder.Output()))


def named_by(name: str) -> bytes:
    """A program of 2024 with `name` for its operator and in XNNPACK's graph."""
    return delegating(
        graph_of(name),
        operators=[schema.Operator(name, "out")],
        chains=steps(schema.KernelCall(0, [0, 1, 1])),
    )


def patched(at: int, content: bytes) -> bytes:
    """A program with other bytes in its header.

    It has its root's place, `ET12`, `eh00`, the header's length, and three sizes of eight bytes
    from 16 on: the flatbuffer's, that before the segments, and the segments'.
    """
    whole = small_program()
    return whole[:at] + content + whole[at + len(content) :]


def for_backend(name: bytes) -> bytes:
    """A program that asks another backend than XNNPACK to run it."""
    ours = b"XnnpackBackend"
    assert len(name) == len(ours)
    return small_program().replace(ours, name)


def with_other_weights() -> bytes:
    """The program of a network with another classifier."""
    weight = small().module.get_parameter("classifier.1.weight").numpy()
    return small_program().replace(weight.tobytes(), (-weight).tobytes())


def damaged(seed: int) -> bytes:
    """A program with one bit of XNNPACK's graph flipped."""
    flipped, chance = bytearray(small_program()), random.Random(seed)  # noqa: S311 - no secret
    start = flipped.find(b"XH00") - 4
    flipped[chance.randrange(start, start + GRAPH_BYTES)] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _case(name: str, make: Callable[[], bytes], says: str, status: Status = Status.FAILED) -> Case:
    return Case(name=name, make=make, check="accuracy.program", says=says, status=status)


_SKIPPED = Status.SKIPPED
_TAKES = "the lab's images"
_ANSWERS = "does not output logits"
_TODAYS = "could not be brought to today's form"

CASES: tuple[Case, ...] = (
    # The file
    _case("empty", lambda: b"", "is not an ExecuTorch program"),
    _case("its mark alone", lambda: small_program()[:8] + bytes(1_000), "is damaged"),
    _case("text", lambda: b"MobileNet\n" * 99, "is not an ExecuTorch program"),
    _case("another identifier", lambda: patched(4, b"XX12"), "is not an ExecuTorch program"),
    _case("cut in the middle", lambda: small_program()[:12_000], "is truncated"),
    _case("without its last byte", lambda: small_program()[:-1], "is truncated"),
    _case("a longer flatbuffer", lambda: patched(16, FAR), "is truncated"),
    _case("a root far away", lambda: patched(0, FAR[:2] + b"\xff\x7f"), "is damaged"),
    _case("an older identifier", lambda: patched(4, b"ET11"), "no longer reads", _SKIPPED),
    _case("a newer identifier", lambda: patched(4, b"ET13"), "a newer ExecuTorch", _SKIPPED),
    _case("a newer header", lambda: patched(8, b"eh01"), "a newer ExecuTorch", _SKIPPED),
    _case("more after its end", lambda: small_program() + b"ED00" * 99, "", Status.PASSED),
    # As in 2024
    _case("as in 2024", old_program, "", Status.PASSED),
    _case("as in 2024, without a delegate", with_inline_constants, "not the network of the .pth"),
    _case(
        "as in 2024, for small images",
        lambda: inlined(program(tensor(1, 3, 32, 32), LOGITS, constants=(ROW.tobytes(),))),
        _TAKES,
    ),
    _case("as in 2024, nothing for XNNPACK", lambda: delegating(b""), _TODAYS, _SKIPPED),
    _case(
        "as in 2024, text for XNNPACK", lambda: delegating(b"MobileNet\n" * 9), _TODAYS, _SKIPPED
    ),
    _case(
        "as in 2024, offsets far away",
        lambda: delegating(b"\x10\0\0\0XN00" + b"\xff\xff\xff\x7f" * 16),
        _TODAYS,
        _SKIPPED,
    ),
    _case("as in 2024, the graph of nothing", lambda: graph_bomb(0), _TODAYS, _SKIPPED),
    _case("as in 2024, gigabytes of JSON", lambda: graph_bomb(20_000), _TODAYS, _SKIPPED),
    _case(
        "as in 2024, hundreds of delegates",
        lambda: delegating(*(graph_of(f"{number}") for number in range(400))),
        _TODAYS,
        _SKIPPED,
    ),
    _case(
        "as in 2024, lines in names",
        lambda: named_by("a\n\x1b[31m::error ::b\n"),
        _TODAYS,
        _SKIPPED,
    ),
    # What it takes
    _case("small images", lambda: forward(tensor(1, 3, 32, 32), LOGITS), _TAKES),
    _case("two images", lambda: forward(tensor(2, 3, 224, 224), LOGITS), _TAKES),
    _case(
        "images of float64",
        lambda: forward(tensor(1, 3, 224, 224, dtype=ScalarType.DOUBLE), LOGITS),
        f"{_TAKES}: Input 0 has unexpected scalar type: expected Double",
    ),
    _case("two inputs", lambda: forward(IMAGE, LOGITS, IMAGE, inputs=[0, 2]), _TAKES),
    _case("a method of another name", lambda: forward(IMAGE, LOGITS, name="main"), "no method"),
    # What it answers
    _case("a thousand classes", lambda: answering(np.zeros((1, 1000), np.float32)), _ANSWERS),
    _case("a number", lambda: forward(IMAGE, schema.Int(3)), _ANSWERS),
    _case("two answers", lambda: forward(IMAGE, LOGITS, outputs=[1, 1]), _ANSWERS),
    _case("NaN", lambda: answering(ROW + np.float32("nan")), "NaN or infinity"),
    _case("always the same", lambda: answering(ROW), "not the network of the .pth"),
    _case("another network", with_other_weights, "not the network of the .pth"),
    _case("a value that it lacks", lambda: forward(IMAGE, LOGITS, outputs=[7]), "fails"),
    # What it does
    _case(
        "more memory than there is",
        lambda: forward(IMAGE, LOGITS, non_const_buffer_sizes=[0, 1 << 46]),
        "memory",
    ),
    _case(
        "memory below zero",
        lambda: forward(IMAGE, LOGITS, non_const_buffer_sizes=[0, -1]),
        "invalid negative size",
    ),
    _case("beyond its memory", lambda: forward(IMAGE, tensor(1, 10, at=1 << 30)), "is damaged"),
    _case("beyond its constants", lambda: forward(IMAGE, tensor(1, 10, constant=9)), "is damaged"),
    _case("a tensor without end", lambda: forward(IMAGE, tensor(*[2**31 - 1] * 4)), "is damaged"),
    _case("markup for an operator", lambda: calling("<b>\x1b[1m", 0, 1, 1), "kernel '<b>?[1m.out'"),
    _case("no arguments", lambda: calling("aten::relu"), "fails while it runs"),
    _case("a number for a tensor", lambda: calling("aten::relu", 2, 2, 2), "is not a Tensor"),
    _case("another backend", lambda: for_backend(b"QualcommDevice"), "backend"),
)
NEVER_RETURNS = _case("never returning", turning, "processor time")
# What becomes of these may differ on another machine. On x86-64 with executorch 1.4.1: SIGSEGV,
# SIGSEGV, SIGILL, SIGABRT, and other logits.
MAY_CRASH = (
    _case("qint8", lambda: answering(ROW, ScalarType.QINT8), "model/mobilenet.pte"),
    *(
        _case(f"bit {seed} flipped", functools.partial(damaged, seed), "model/mobilenet.pte")
        for seed in (61, 120, 367, 6)
    ),
)

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from grader.errors import HarnessError
from grader.sandbox import reply
from grader.sandbox.reply import read_message


def framed(header: bytes, elements: bytes = b"") -> bytes:
    """A message with this header, whatever it says."""
    return len(header).to_bytes(8, "little") + header + elements


@given(st.dictionaries(st.text(), st.text()), st.lists(st.integers(0, 3), max_size=4))
def test_what_was_saved_is_read(metadata: dict[str, str], shape: list[int]) -> None:
    """Metadata and tensors come back as safetensors wrote them."""
    tensor = torch.arange(torch.Size(shape).numel(), dtype=torch.float32).reshape(shape)
    notes, tensors = read_message(save({"logits": tensor}, metadata=metadata))
    assert notes == metadata
    assert list(tensors) == ["logits"]
    assert torch.equal(tensors["logits"], tensor)


@pytest.mark.parametrize("header", [b"{}", b'{"__metadata__":null}', b'{"__metadata__":{}}'])
def test_a_message_may_have_no_metadata(header: bytes) -> None:
    """Left out, null or empty: there is none."""
    assert read_message(framed(header)) == ({}, {})


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"no safetensors",
        b"\xff" * 64,
        bytes(64),
        framed(b"[]"),
        framed(b"{}")[:-1],
        framed(b"\xff\xff"),
        framed(b"[" * 5_000),
        framed(b'{"__metadata__":[]}'),
        framed(b'{"__metadata__":{"refused":1}}'),
        framed(b'{"a":{"dtype":"F9","shape":[1],"data_offsets":[0,4]}}', bytes(4)),
        framed(b'{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}', bytes(1)),
        framed(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', bytes(4)),
        framed(b'{"a":{"dtype":"F32","shape":[0,%d],"data_offsets":[0,0]}}' % (2**63)),
        framed(b'{"a":{"dtype":"F32","shape":[0,%d,%d],"data_offsets":[0,0]}}' % (2**62, 2**62)),
    ],
)
def test_what_follows_no_form_is_ours_to_look_at(message: bytes) -> None:
    """Hostile bytes raise `HarnessError` and nothing else."""
    with pytest.raises(HarnessError, match="malformed"):
        read_message(message)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(stderr: bytes, in_a_frame: bool) -> None:
    """Whatever a child wrote, the answer is a message or a `HarnessError`."""
    try:
        metadata, tensors = read_message(framed(stderr) if in_a_frame else stderr)
    except HarnessError:
        return
    assert isinstance(metadata, dict)
    assert isinstance(tensors, dict)


def test_a_header_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more than the limit is refused before it is read."""
    message = framed(b"{}")
    monkeypatch.setattr(reply, "HEADER_AT_MOST", 2)
    assert read_message(message) == ({}, {})
    monkeypatch.setattr(reply, "HEADER_AT_MOST", 1)
    with pytest.raises(HarnessError):
        read_message(message)

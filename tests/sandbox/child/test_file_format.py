"""Files of other formats, by their bytes; test_container.py has one of each."""

import pytest

from grader.sandbox.child.file_format import (
    format_name,
    is_safetensors,
    zip_name,
    zip_without_pickle,
)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"<html><body>Quota exceeded</body></html>", "HTML"),
        (b"<!-- saved from --><!doctype HTML>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"\x08\x04B\x04", "ONNX"),
        (bytes(30), "zero bytes"),
        (b"see the drive", "text that begins 'see the drive'"),
        (b"\xc3\x28", "c3 28"),
    ],
)
def test_a_format_is_named_by_its_beginning(data: bytes, name: str) -> None:
    """Text and unknown bytes are quoted."""
    assert name in format_name(data)


def test_safetensors_may_begin_with_any_byte() -> None:
    """Its first eight bytes are a length, which may look like another format's mark."""
    for first in (b"\x80", b"P", b"\x1f"):
        assert is_safetensors(first + bytes(7) + b"{" + bytes(200))
    assert not is_safetensors(b"\x80\x02}q\x00.")


def test_a_zip_is_named_by_its_records() -> None:
    """The name of a checkpoint in it is shown, unless it cannot be."""
    assert "TorchScript" in str(zip_name(["m/constants.pkl", "m/data.pkl"]))
    assert "torch.export" in str(zip_name(["serialized_exported_program.json"]))
    assert zip_name(["m/data.pkl", "m/data/0"]) is None
    assert "model/net.pth" in zip_without_pickle(["README.md", "model/net.pth"])
    assert "net" not in zip_without_pickle(["\x1bnet.pth"])

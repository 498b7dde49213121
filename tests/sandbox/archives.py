"""Checkpoint files around pickles made by hand."""

import io
import zipfile
from collections.abc import Mapping

BYTES = bytes(range(16))  # of the storage "0", four float32


def archive(pickled: bytes, records: Mapping[str, bytes] | None = None) -> bytes:
    """Today's format: a zip of a pickle and its storages."""
    usual = {"data.pkl": pickled, "byteorder": b"little", "version": b"3", "data/0": BYTES}
    return zipped({**{f"a/{name}": each for name, each in usual.items()}, **(records or {})})


def zipped(records: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Any zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in records.items():
            file.writestr(name, content)
    return buffer.getvalue()

"""Checkpoint files around pickles made by hand."""

import io
import struct
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


def records_twice(pickled: bytes, times: int, size: int) -> bytes:
    """A checkpoint whose list of records names one storage of `size` bytes so many times."""
    content = archive(pickled, {"a/data/000": bytes(size)})
    at, last = content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")
    entry = content[last:-22]
    again = [entry.replace(b"a/data/000", f"a/data/{each:03}".encode()) for each in range(times)]
    listed = content[at:last] + b"".join(again)
    count = 4 + times
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(listed), at, 0)
    return content[:at] + listed + end

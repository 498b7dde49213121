"""Names that students chose: made readable, judged, and never used as a path to write to."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from grader.errors import Fault
from grader.text import shown, visible

LONGEST_PART = 255  # bytes of one file or folder name, the limit of every common file system
LONGEST_NAME = 1024  # bytes of a whole path
LONGEST_SAFE_NAME = 120  # bytes; room for a suffix below the 255 of a file system

IGNORED_PARTS = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"})
IGNORED_NAMES = frozenset({"data/test_batch.bin"})  # the test set: the grader brings its own

# The device names of Windows, which no file there can bear, whatever its suffix.
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def decode(raw: bytes) -> str:
    """The name that `raw` most likely stands for: UTF-8, else Big5 or GBK, else cp437.

    Archives made on Windows hold names in the system's own encoding, without saying which. Most
    GBK names are also valid Big5 and the other way round, so that the encoding with more
    everyday characters wins; Big5 where they tie.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Lead and trail bytes of the everyday characters: Big5 level 1 and GB 2312 level 1.
    candidates = (
        ("cp950", re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")),
        ("gbk", re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")),
    )
    readings: list[tuple[int, str]] = []
    for encoding, everyday in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        pairs = (char.encode(encoding) for char in text if not char.isascii())
        readings.append((sum(bool(everyday.fullmatch(pair)) for pair in pairs), text))
    if not readings:
        return raw.decode("cp437")
    return max(readings, key=lambda reading: reading[0])[1]


def decode_path(name: str) -> str:
    """As `decode`, for a name from this system, where undecodable bytes came as surrogates."""
    return decode(os.fsencode(name))


def checked(name: str) -> str:
    """`name` as a relative POSIX path without `.` and empty parts.

    Raises `Fault` for a name that means a place outside the folder it is unpacked in, on any
    system, or that no file system can hold.
    """
    problem = _problem(name)
    if problem:
        raise Fault(
            f"The name '{shown(name)}' {problem}.",
            help="Rename or remove that file and make the zip again, from inside your folder; "
            "`grader pack` makes one that is right.",
        )
    return "/".join(part for part in name.split("/") if part not in {"", "."})


def _problem(name: str) -> str | None:
    parts = name.split("/")
    longest = max(len(part.encode()) for part in parts)
    problems = {
        "has a control character in it": any(unicodedata.category(char) == "Cc" for char in name),
        "begins with a drive letter": re.match(r"[A-Za-z]:", name),
        "has a backslash in it, which is a folder on some systems and a letter on others": (
            "\\" in name
        ),
        "is an absolute path": name.startswith("/"),
        "leads out of its folder (`..`)": ".." in parts,
        "is empty": not name.endswith("/") and not any(set(parts) - {"", "."}),
        f"is too long: at most {LONGEST_PART} bytes a part and {LONGEST_NAME} in all": (
            longest > LONGEST_PART or len(name.encode()) > LONGEST_NAME
        ),
    }
    return next((problem for problem, holds in problems.items() if holds), None)


def same_on_some_system(name: str) -> str:
    """The key that names share where case or Unicode normal form does not tell them apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


NameKey = Callable[[str], str]


def check_distinct(names: Iterable[str], same: NameKey = same_on_some_system) -> None:
    """Raise `Fault` where two files have one name, on this system or on another.

    `same` gives the key that such names share.
    """
    seen: dict[str, str] = {}
    for name in names:
        key = same(name)
        if key not in seen:
            seen[key] = name
            continue
        first = seen[key]
        raise Fault(
            f"The name {shown(name)} is there twice."
            if first == name
            else f"{shown(first)} and {shown(name)} are one name on some systems.",
            help="Which of the two counts would be a guess: keep one and make the zip again.",
        )
    for name in seen.values():
        for parent in _parents(name):
            if (file := seen.get(same(parent))) is not None:
                raise Fault(
                    f"{shown(file)} is both a file and a folder.",
                    help="Rename one of the two and make the zip again.",
                )


def _parents(name: str) -> Iterator[str]:
    return (str(parent) for parent in PurePosixPath(name).parents if parent.name)


def is_ignored(name: str) -> bool:
    """Whether `name` is what systems and editors leave behind, or the test set itself."""
    parts = name.split("/")
    return (
        name in IGNORED_NAMES
        or "/".join(parts[1:]) in IGNORED_NAMES  # below a wrapper folder
        or any(part.startswith(".") or part in IGNORED_PARTS for part in parts)
    )


def student_id(source: Path) -> str:
    """The student's id: the archive's name without its last suffix, or the folder's name."""
    named = source.resolve() if source.name in {"", ".."} else source
    return visible(decode_path(named.name if named.is_dir() else named.stem))


def safe_name(student: str) -> str:
    """A file name for `student`'s results: the id itself wherever every system can bear it.

    Otherwise the characters that are unsafe become `_` and eight digits of the id's SHA-256
    follow, so that two ids never share a name.
    """
    text = re.sub(r"[^\w.~-]", "_", unicodedata.normalize("NFC", student))
    text = re.sub(r"^[.-]+|\.+$", "_", text)
    text = text.encode()[:LONGEST_SAFE_NAME].decode(errors="ignore")
    if text and text == student and not RESERVED.fullmatch(text):
        return text
    return f"{text or '_'}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:8]}"

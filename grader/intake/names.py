"""Names that students chose: decoded, checked, and never used as a path to write to."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from grader.errors import Fault
from grader.intake.inside import whole_of
from grader.text import shown, visible

LONGEST_PART = 255  # bytes of one file or folder name, the limit of every common file system
LONGEST_NAME = 1024  # bytes of a whole path
LONGEST_SAFE_NAME = 120  # bytes; leaves room for a suffix below the limit of 255

IGNORED_PARTS = frozenset(
    {
        *("__MACOSX", "Thumbs.db", "desktop.ini"),
        *("__pycache__", "site-packages", "venv", "node_modules", "wandb"),
    }
)
PACKED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar")
TEST_SET = "data/test_batch.bin"  # the grader has its own
# A file in every environment of Python, and in one of Conda.
ENVIRONMENT_FILES = ("pyvenv.cfg", "conda-meta/history")

RENAME = (
    "Rename or remove that file and make the zip again, from inside your folder; `grader pack` "
    "makes a correct one."
)
BACKSLASH = "contains a backslash, which separates folders on some systems"
WITHOUT_BACKSLASHES = (
    "Some programs write folders like that, among them Compress-Archive of Windows PowerShell 5. "
    "Make the zip again with PowerShell 7, the File Explorer (Compress to ZIP file) or `grader "
    "pack`. If a file itself has a backslash in its name, rename it."
)

# The device names of Windows: no file there can have them, with any suffix.
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def decode(raw: bytes) -> str:
    """Return the most likely text of `raw`: UTF-8, else Big5 or GBK, else cp437.

    Archives made on Windows have names in the encoding of the system and do not say which it is.
    Most GBK names are also valid Big5 and the reverse, so that the encoding with more common
    characters is taken; Big5 if both have as many.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Lead and trail bytes of the common characters: Big5 level 1 and GB 2312 level 1.
    candidates = (
        ("cp950", re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")),
        ("gbk", re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")),
    )
    readings: list[tuple[int, str]] = []
    for encoding, common in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        pairs = (char.encode(encoding) for char in text if not char.isascii())
        readings.append((sum(bool(common.fullmatch(pair)) for pair in pairs), text))
    if not readings:
        return raw.decode("cp437")
    return max(readings, key=lambda reading: reading[0])[1]


def decode_path(name: str) -> str:
    """Like `decode`, for a name from this system, with surrogates for undecodable bytes."""
    return decode(os.fsencode(name))


def checked(name: str) -> str:
    """Return `name` as a relative POSIX path without `.` and empty parts.

    Raises `Fault` for a name that on any system means a path outside the folder it is unpacked
    in, or that no file system accepts.
    """
    problem = _problem(name)
    if problem:
        raise Fault(
            f"The name '{shown(name)}' {problem}.",
            help=WITHOUT_BACKSLASHES if problem == BACKSLASH else RENAME,
        )
    return "/".join(part for part in name.split("/") if part not in {"", "."})


def _problem(name: str) -> str | None:
    parts = name.split("/")
    longest = max(len(part.encode()) for part in parts)
    problems = {
        "contains a control character": any(unicodedata.category(char) == "Cc" for char in name),
        "begins with a drive letter": re.match(r"[A-Za-z]:", name),
        BACKSLASH: "\\" in name,
        "is an absolute path": name.startswith("/"),
        "points outside its folder (`..`)": ".." in parts,
        "is empty": not name.endswith("/") and not any(set(parts) - {"", "."}),
        f"is too long: the limit is {LONGEST_PART} bytes per part and {LONGEST_NAME} in total": (
            longest > LONGEST_PART or len(name.encode()) > LONGEST_NAME
        ),
    }
    return next((problem for problem, holds in problems.items() if holds), None)


def same_on_some_system(name: str) -> str:
    """Return a key that is equal for names that differ only in case or Unicode normal form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


NameKey = Callable[[str], str]


def check_distinct(names: Iterable[str], name_key: NameKey = same_on_some_system) -> None:
    """Raise `Fault` if two files have the same name, on this system or on another.

    `name_key` returns equal keys for such names.
    """
    seen: dict[str, str] = {}
    for name in names:
        key = name_key(name)
        if key not in seen:
            seen[key] = name
            continue
        first = seen[key]
        raise Fault(
            f"Two files have the name {shown(name)}."
            if first == name
            else f"{shown(first)} and {shown(name)} are the same name on some systems.",
            help="The grader cannot choose between them: keep one and make the zip again.",
        )
    for name in seen.values():
        for parent in _parents(name):
            if (file := seen.get(name_key(parent))) is not None:
                raise Fault(
                    f"{shown(file)} is both a file and a folder.",
                    help="Rename one of the two and make the zip again.",
                )


def _parents(name: str) -> Iterator[str]:
    return (str(parent) for parent in PurePosixPath(name).parents if parent.name)


def is_ignored(name: str) -> bool:
    """True for files that systems and editors create on their own, and for the test set."""
    return f"/{name}".endswith(f"/{TEST_SET}") or any(
        part.startswith(".") or part in IGNORED_PARTS for part in name.split("/")
    )


def environments(names: Iterable[str]) -> tuple[str, ...]:
    """Return the folders among `names` that are environments of Python, each with a `/` at the end.

    The top folder is never one: everything would be in it.
    """
    return tuple(
        name.removesuffix(file)
        for name in names
        for file in ENVIRONMENT_FILES
        if name.endswith(f"/{file}")
    )


def without_suffix(name: str) -> str:
    """Return the name of a hand-in without its last suffix; without both of `.tar.gz`."""
    path = PurePosixPath(name)
    packed = path.suffix.lower() in {".gz", ".bz2", ".xz", ".zst"}
    return path.stem.removesuffix(".tar") if packed else path.stem


def may_be_notebook(name: str) -> bool:
    """Return True if the file can be a notebook, or an archive with one in it, by its name.

    Files of systems and editors are none, for example those in `.ipynb_checkpoints`.
    """
    lower = PurePosixPath(name).name.lower()
    return not is_ignored(name) and (".ipynb" in lower or lower.endswith(PACKED))


def student_id(source: Path) -> str:
    """Return the student's id: the archive's name without its suffix, or the folder's name.

    Of a path into an archive it is the archive's.
    """
    source = whole_of(source)
    named = source.resolve() if source.name in {"", ".."} else source
    return visible(decode_path(named.name if named.is_dir() else without_suffix(named.name)))


def safe_name(student: str) -> str:
    """Return a file name for the results of `student`: the id itself if every system accepts it.

    Otherwise unsafe characters become `_` and eight digits of the id's SHA-256 follow, so that
    two ids never share a name.
    """
    text = re.sub(r"[^\w.~-]", "_", unicodedata.normalize("NFC", student))
    text = re.sub(r"^[.-]+|\.+$", "_", text)
    text = text.encode()[:LONGEST_SAFE_NAME].decode(errors="ignore")
    if text and text == student and not RESERVED.fullmatch(text):
        return text
    return f"{text or '_'}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:8]}"

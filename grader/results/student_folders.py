"""The folder of each student below results/students/: one for each person, on every file system."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.intake.names import LONGEST_SAFE_NAME, RESERVED
from grader.intake.person import person_of
from grader.results.folder import FOLDERS, STUDENTS, write_file
from grader.types import Report

SCHEMA_VERSION = 1

DIGITS = 16  # of a hash; a student cannot search for a second id with the same 64 bits
_PLAIN = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?", re.ASCII)
_SAFE = re.compile(r"(?![.])[\w.-]+(?<![.])")
_SUFFIXED = re.compile(rf".*-[0-9a-f]{{{DIGITS}}}", re.IGNORECASE | re.DOTALL)


def student_folders(ids: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the folder's name of every person of a class; `ids` has their student ids by person.

    `before` has the folders that the results already have, by person: those stay. A new person's
    folder is the id, if the id is plain (ASCII letters, digits, `_`, `-` and inner `.`) and no file
    system can confuse it with a device's name or with another person's folder. Otherwise a suffix
    is added: digits of a hash of the person. No two names differ only in case.
    """
    found = {person: before[person] for person in ids if person in before}
    taken = Counter(name.casefold() for name in found.values())
    new = [person for person in ids if person not in found]
    wanted = taken + Counter(ids[person].casefold() for person in new)
    for person in new:
        id = ids[person]
        alone = wanted[id.casefold()] == 1
        found[person] = id if is_plain(id) and alone else _with_suffix(id, person)
    different = {name.casefold() for name in found.values()}
    assert len(different) == len(ids), "two students have one folder"
    return found


def is_plain(id: str) -> bool:
    """True if `id` can be a folder's name on every system and is not like a name with a suffix."""
    return (
        _PLAIN.fullmatch(id) is not None
        and len(id) <= LONGEST_SAFE_NAME
        and not RESERVED.fullmatch(id)
        and not _SUFFIXED.fullmatch(id)
    )


def is_folder_name(name: str) -> bool:
    """True if `name` can be one that `student_folders` made: never a path to another place."""
    return _SAFE.fullmatch(name) is not None


def _with_suffix(id: str, person: str) -> str:
    digits = hashlib.sha256(person.encode(errors="surrogatepass")).hexdigest()[:DIGITS]
    readable = re.sub(r"[^\w-]", "_", unicodedata.normalize("NFC", id))
    short = readable.encode(errors="ignore")[:LONGEST_SAFE_NAME].decode(errors="ignore")
    return f"{short or '_'}-{digits}"


def known_folders(out: Path) -> dict[str, str]:
    """Return the folder's name of every person who has had one below `out`; empty if unreadable."""
    try:
        known = json.loads((out / FOLDERS).read_text(encoding="utf-8"))["folders"]
        return {str(person): str(name) for person, name in known.items() if is_folder_name(name)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def assign_folders(reports: Iterable[Report], out: Path) -> dict[str, Path]:
    """Return the folder of every person of `reports`, and keep the names below `out`.

    A name stays its person's for ever, so that no later person gets a folder with another's files.
    Raises `GraderError` if the names cannot be saved.
    """
    known = known_folders(out)
    class_ = {person_of(each.submission): each.submission.id for each in reports}
    ids = {**dict.fromkeys(known, ""), **class_}
    names = student_folders(ids, known)
    if names != known:
        document = {"schema_version": SCHEMA_VERSION, "folders": names}
        write_file(out / FOLDERS, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return {person: out / STUDENTS / names[person] for person in class_}

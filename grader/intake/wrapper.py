"""Find the folder around a hand-in, however deep it is; names only, no I/O."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.errors import Fault
from grader.intake.advice import listed
from grader.intake.names import same_on_some_system
from grader.types import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """The folder around a hand-in: `prefix` is its path with a `/` at the end, or empty.

    `beside` are the files outside it. `others` are other folders that hold as much of the lab.
    """

    prefix: str = ""
    beside: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_wrapper(names: Sequence[str], paths: Mapping[Role, str]) -> Wrapper:
    """Return the folder below which most of `paths` are; a lone notebook of any name counts too.

    The top is preferred, then the folder nearest to it. If none of `paths` is found, it is the
    folder that everything is in. Raises `Fault` if two folders hold the same of `paths`.
    """
    prefix, others = _fullest(names, paths)
    if prefix is None:
        prefix = _common(names, _own_folders(paths))
    beside = tuple(name for name in names if not name.startswith(prefix))
    return Wrapper(prefix=prefix, beside=beside, others=others)


def _fullest(names: Sequence[str], paths: Mapping[Role, str]) -> tuple[str | None, tuple[str, ...]]:
    held = _held(names, paths)
    lone = _lone_notebooks(names) if Role.NOTEBOOK in paths else frozenset()

    def found(prefix: str) -> int:
        return len(held[prefix] | ({Role.NOTEBOOK} if prefix in lone else set()))

    most = max(map(found, held), default=0)
    if found("") >= most:
        return ("" if most else None), ()
    fullest = [prefix for prefix in held if found(prefix) == most]
    exact = max(len(held[prefix]) for prefix in fullest)
    best = [prefix for prefix in fullest if len(held[prefix]) == exact]
    best = [each for each in best if not any(each != up and each.startswith(up) for up in best)]
    depth = min(each.count("/") for each in best)
    nearest = sorted(each for each in best if each.count("/") == depth)
    if len(nearest) == 1:
        return nearest[0], tuple(sorted(set(best) - set(nearest)))
    roles = Counter(role for prefix in nearest for role in held[prefix])
    if max(roles.values()) > 1:
        raise Fault(
            f"There is more than one hand-in: {listed(nearest)}.",
            help="Put the files of one student into one zip.",
        )
    return None, ()


def _held(names: Sequence[str], paths: Mapping[Role, str]) -> defaultdict[str, set[Role]]:
    """Return the roles of the files below each folder that holds any, at exactly their paths.

    A folder that is a part of the lab's own paths, such as `model/`, is no wrapper by a file that
    lies directly in it.
    """
    own = _own_folders(paths)
    held: defaultdict[str, set[Role]] = defaultdict(set)
    for name in names:
        parts = name.split("/")
        for role, path in paths.items():
            count = path.count("/") + 1
            if nfc("/".join(parts[-count:])) != nfc(path):
                continue
            prefix = "".join(f"{part}/" for part in parts[:-count])
            if count > 1 or same_on_some_system(f"{(['', *parts])[-2]}/") not in own:
                held[prefix].add(role)
    return held


def _lone_notebooks(names: Sequence[str]) -> frozenset[str]:
    """Return the folders with exactly one notebook in them, each with a `/` at the end."""
    folders = Counter(
        name[: name.rfind("/") + 1] for name in names if name.lower().endswith(".ipynb")
    )
    return frozenset(folder for folder, count in folders.items() if count == 1)


def _own_folders(paths: Mapping[Role, str]) -> frozenset[str]:
    return frozenset(
        same_on_some_system(path.split("/")[0] + "/") for path in paths.values() if "/" in path
    )


def _common(names: Sequence[str], own: frozenset[str]) -> str:
    """Return the folder that everything is in; it ends above a folder of the lab's own paths."""
    if not names:
        return ""
    first, last = (name.split("/")[:-1] for name in (min(names), max(names)))
    prefix = ""
    for one, other in zip(first, last, strict=False):
        if one != other or same_on_some_system(f"{one}/") in own:
            break
        prefix += f"{one}/"
    return prefix


def nfc(name: str) -> str:
    """Return `name` in the normal form NFC; macOS writes accented letters in another form."""
    return unicodedata.normalize("NFC", name)

"""Match the files of a hand-in to the lab's paths, by their names only; no I/O."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.errors import Fault
from grader.intake.advice import about_the_whole, hint, listed
from grader.intake.names import is_ignored, same_on_some_system
from grader.labs.spec import Form, LabSpec
from grader.text import shown
from grader.types import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFile:
    """A file that the lab asks for: its path, and the name of the file found for it, if any.

    Both are relative to the hand-in's own folder. `problem` is the reason why a file that was
    found cannot be used.
    """

    role: Role
    path: str
    name: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The files of a hand-in by role. If no form is complete, `form` is None and `fault` says why.

    `wrapper` is the folder around the hand-in (`NAME/`, or empty), `missing` has the paths that
    the nearest form needs and that are not there.
    """

    expected_files: tuple[ExpectedFile, ...]
    form: Form | None = None
    wrapper: str = ""
    missing: tuple[str, ...] = ()
    review: str | None = None
    fault: Fault | None = None

    @property
    def usable(self) -> dict[Role, str]:
        """The names of the usable files by role, relative to the hand-in's own folder."""
        return {
            file.role: file.name
            for file in self.expected_files
            if file.name is not None and file.problem is None
        }

    def expected(self, role: Role) -> ExpectedFile | None:
        """Return the expected file of `role`, or None if the lab does not ask for it."""
        return next((file for file in self.expected_files if file.role is role), None)


def arrange(sizes: Mapping[str, int], student: str, lab: LabSpec) -> Arrangement:
    """Find the lab's files among `sizes`, the names of all files handed in and their bytes."""
    candidates = {name: sizes[name] for name in sorted(sizes) if not is_ignored(name)}
    paths = {role: lab.layout.path(role, student) for role in lab.layout.paths}
    try:
        wrapper = _wrapper(tuple(candidates), tuple(paths.values()))
    except Fault as fault:
        expected_files = tuple(ExpectedFile(role=role, path=path) for role, path in paths.items())
        return Arrangement(expected_files=expected_files, fault=fault)
    inside = {
        name.removeprefix(wrapper): size
        for name, size in candidates.items()
        if name.startswith(wrapper)
    }
    return replace(judge(_find(paths, tuple(inside)), inside, student, lab), wrapper=wrapper)


def judge(
    found: Mapping[Role, str], inside: Mapping[str, int], student: str, lab: LabSpec
) -> Arrangement:
    """Return the form of the lab that the files `found` complete, or the fault of the nearest.

    `inside` has the size in bytes of every file there, by name, those of `found` included.
    """
    expected_files = tuple(
        ExpectedFile(
            role=role,
            path=lab.layout.path(role, student),
            name=found.get(role),
            problem=_problem(inside[found[role]], lab.limits.of(role)) if role in found else None,
        )
        for role in lab.layout.paths
    )
    arrangement = Arrangement(expected_files=expected_files, review=_review(expected_files, lab))
    usable = arrangement.usable
    form = min(lab.layout.forms, key=lambda form: sum(role not in usable for role in form.files))
    wanting = tuple(
        file for file in expected_files if file.role in form.files and file.role not in usable
    )
    if not wanting:
        return replace(arrangement, form=form)
    return replace(
        arrangement,
        missing=tuple(file.path for file in wanting if file.name is None),
        fault=_fault(form, wanting, expected_files, tuple(inside)),
    )


def _wrapper(names: tuple[str, ...], paths: tuple[str, ...]) -> str:
    """Return the folder around the hand-in as a prefix (`NAME/`), or `""`.

    It is the top folder with the most of the paths that the lab asks for; if none of them is
    found, the folder that everything is in.
    """

    def held(prefix: str) -> int:
        return sum(prefix + path in known for path in paths)

    known = set(names)
    tops = sorted({name.split("/")[0] + "/" for name in names if "/" in name})
    most = max((held(top) for top in tops), default=0)
    if most > held(""):
        best = [top for top in tops if held(top) == most]
        if any(sum(top + path in known for top in best) > 1 for path in paths):
            raise Fault(
                f"There is more than one hand-in: {listed(best)}.",
                help="Put the files of one student into one zip.",
            )
        return best[0] if len(best) == 1 else ""
    own = {same_on_some_system(path.split("/")[0] + "/") for path in paths if "/" in path}
    everything = len(tops) == 1 and all(name.startswith(tops[0]) for name in names)
    return tops[0] if everything and same_on_some_system(tops[0]) not in own else ""


def _find(paths: Mapping[Role, str], inside: tuple[str, ...]) -> dict[Role, str]:
    by_key = {_nfc(name): name for name in inside}
    found = {role: by_key[_nfc(path)] for role, path in paths.items() if _nfc(path) in by_key}
    if Role.NOTEBOOK in paths and Role.NOTEBOOK not in found:
        notebooks = top_notebooks(inside)
        if len(notebooks) == 1:
            found[Role.NOTEBOOK] = notebooks[0]
    return found


def _nfc(name: str) -> str:
    """Return `name` in the normal form NFC; macOS writes accented letters in another form."""
    return unicodedata.normalize("NFC", name)


def top_notebooks(inside: Sequence[str]) -> tuple[str, ...]:
    """The notebooks at the top, in no folder."""
    return tuple(name for name in inside if "/" not in name and name.lower().endswith(".ipynb"))


def _problem(size: int, most: int) -> str | None:
    if size == 0:
        return "is empty"
    return f"has {size:,} bytes; the lab accepts at most {most:,}" if size > most else None


def _review(expected_files: tuple[ExpectedFile, ...], lab: LabSpec) -> str | None:
    notes = [
        f"{shown(file.name or file.path)} {file.problem} and is not used."
        for file in expected_files
        if file.problem is not None
    ]
    for file in expected_files:
        if file.role is Role.NOTEBOOK and file.name and _nfc(file.name) != _nfc(file.path):
            template = file.name == lab.layout.template_notebook
            notes.append(
                f"The notebook is named {shown(file.name)}"
                f"{', like the template' if template else ''}; expected {shown(file.path)}."
            )
    return " ".join(notes) or None


def _fault(
    form: Form,
    wanting: tuple[ExpectedFile, ...],
    expected_files: tuple[ExpectedFile, ...],
    inside: tuple[str, ...],
) -> Fault:
    taken = {name for file in expected_files for name in (file.path, file.name)}
    others = [name for name in inside if name not in taken]
    notebooks = top_notebooks(inside)
    absent, reasons, helps = [], [], []
    for file in wanting:
        if file.problem is not None:
            reasons.append(f"{shown(file.name or file.path)} {file.problem}.")
            helps.append(f"Put the correct file there as {shown(file.path)}.")
        elif file.role is Role.NOTEBOOK and notebooks:
            reasons.append(f"Found {listed(notebooks)}; none is named {shown(file.path)}.")
            helps.append(f"Name the notebook to grade {shown(file.path)} and remove the others.")
        else:
            absent.append(file.path)
            helps.append(hint(file.role, file.path, others))
    if absent:
        reasons.insert(0, f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} missing.")
    asked = {file.role: file.path for file in expected_files}
    return Fault(
        " ".join(reasons),
        help=" ".join((*helps, *about_the_whole(others))),
        expected=listed([asked[role] for role in form.files]),
        actual=listed(inside) or "no file of the lab",
    )

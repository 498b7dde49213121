"""Match the files of a hand-in to the lab's paths, by their names only; no I/O."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from grader.errors import Fault
from grader.evidence.intake import FileFaultEvidence
from grader.intake.advice import about_the_whole, hint, listed
from grader.intake.names import is_ignored
from grader.intake.other_lab import for_a_pdf
from grader.intake.wrapper import Wrapper, find_wrapper, nfc
from grader.labs.layout import Form
from grader.labs.network_lab import NetworkLab
from grader.text import counted, shown
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

    `missing` has the paths that the nearest form needs and that are not there.
    """

    expected_files: tuple[ExpectedFile, ...]
    form: Form | None = None
    wrapper: Wrapper = field(default_factory=Wrapper)
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


def arrange(sizes: Mapping[str, int], student: str, lab: NetworkLab) -> Arrangement:
    """Find the lab's files among `sizes`, the names of all files handed in and their bytes."""
    candidates = {name: sizes[name] for name in sorted(sizes) if not is_ignored(name)}
    paths = {role: lab.layout.path(role, student) for role in lab.layout.paths}
    try:
        wrapper = find_wrapper(tuple(candidates), paths)
    except Fault as fault:
        expected_files = tuple(ExpectedFile(role=role, path=path) for role, path in paths.items())
        return Arrangement(expected_files=expected_files, fault=fault)
    inside = {
        name.removeprefix(wrapper.prefix): size
        for name, size in candidates.items()
        if name.startswith(wrapper.prefix)
    }
    return judge(_find(paths, tuple(inside)), inside, student, lab, wrapper)


def judge(
    found: Mapping[Role, str],
    inside: Mapping[str, int],
    student: str,
    lab: NetworkLab,
    wrapper: Wrapper | None = None,
) -> Arrangement:
    """Return the form of the lab that the files `found` complete, or the fault of the nearest.

    `inside` has the size in bytes of every file in `wrapper`, by name, those of `found` included.
    """
    wrapper = wrapper or Wrapper()
    expected_files = tuple(
        ExpectedFile(
            role=role,
            path=lab.layout.path(role, student),
            name=found.get(role),
            problem=_problem(inside[found[role]], lab.limits.of(role)) if role in found else None,
        )
        for role in lab.layout.paths
    )
    arrangement = Arrangement(
        expected_files=expected_files,
        wrapper=wrapper,
        review=_review(expected_files, wrapper, lab),
    )
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
        fault=_fault(form, wanting, arrangement, tuple(inside)),
    )


def _find(paths: Mapping[Role, str], inside: tuple[str, ...]) -> dict[Role, str]:
    by_key = {nfc(name): name for name in inside}
    found = {role: by_key[nfc(path)] for role, path in paths.items() if nfc(path) in by_key}
    if Role.NOTEBOOK in paths and Role.NOTEBOOK not in found:
        notebooks = top_notebooks(inside)
        if len(notebooks) == 1:
            found[Role.NOTEBOOK] = notebooks[0]
    return found


def top_notebooks(inside: Sequence[str]) -> tuple[str, ...]:
    """The notebooks at the top, in no folder."""
    return tuple(name for name in inside if "/" not in name and name.lower().endswith(".ipynb"))


def _problem(size: int, most: int) -> str | None:
    if size == 0:
        return "is empty"
    return f"has {size:,} bytes; the lab accepts at most {most:,}" if size > most else None


def _review(
    expected_files: tuple[ExpectedFile, ...], wrapper: Wrapper, lab: NetworkLab
) -> str | None:
    notes = [
        f"{shown(wrapper.prefix + (file.name or file.path))} {file.problem} and is not used."
        for file in expected_files
        if file.problem is not None
    ]
    for file in expected_files:
        if file.role is Role.NOTEBOOK and file.name and nfc(file.name) != nfc(file.path):
            template = file.name == lab.layout.template_notebook
            notes.append(
                f"The notebook has the name {'of the template, ' if template else ''}"
                f"{shown(file.name)}: name it {shown(file.path)}."
            )
    if wrapper.others:
        notes.append(
            f"{shown(wrapper.prefix)} was graded; {listed(wrapper.others)} could be the hand-in, "
            "too."
        )
    return " ".join(notes) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandIn:
    """The files of a hand-in that lacks some, by their whole paths in it.

    `into` is the path of its own folder in the zip that the student makes, `others` are the files
    that the lab does not ask for, `notebooks` those at the top.
    """

    prefix: str
    into: str
    others: tuple[str, ...]
    notebooks: tuple[str, ...]


def _fault(
    form: Form, wanting: tuple[ExpectedFile, ...], arrangement: Arrangement, inside: Sequence[str]
) -> Fault:
    prefix, expected_files = arrangement.wrapper.prefix, arrangement.expected_files
    taken = {name for file in expected_files for name in (file.path, file.name)}
    others = tuple(prefix + name for name in inside if name not in taken)
    hand_in = _HandIn(
        prefix=prefix,
        into=re.sub(r"(?i)^.*\.zip/", "", prefix),  # of a zip in the hand-in, the path inside it
        others=others + arrangement.wrapper.beside,
        notebooks=tuple(prefix + name for name in top_notebooks(inside)),
    )
    faults = [_file_fault(file, hand_in) for file in wanting]
    absent = [file.path for file in wanting if _is_absent(file, hand_in)]
    reasons = [
        fault.reason
        for file, fault in zip(wanting, faults, strict=True)
        if not _is_absent(file, hand_in)
    ]
    if absent:
        missing = counted(
            len(absent), "{paths} is missing.", "{paths} are missing.", paths=listed(absent)
        )
        reasons.insert(0, missing)
    whole = _advice_on_the_whole(expected_files, hand_in)
    asked = {file.role: file.path for file in expected_files}
    first, *rest = faults
    with_all = replace(first, help=" ".join(filter(None, (first.help, *whole))))
    return Fault(
        " ".join(reasons),
        help=" ".join(filter(None, (*(each.help for each in faults), *whole))),
        expected=listed([asked[role] for role in form.files]),
        actual=listed([prefix + name for name in inside]) or "no file of the lab",
        evidence={"faults": [each.json() for each in (with_all, *rest)]},
    )


def _is_absent(file: ExpectedFile, hand_in: _HandIn) -> bool:
    """True if there is no file that could be meant."""
    return file.problem is None and not (file.role is Role.NOTEBOOK and hand_in.notebooks)


def _file_fault(file: ExpectedFile, hand_in: _HandIn) -> FileFaultEvidence:
    """Return what is wrong with one file; `help` may be empty if there is advice on the whole."""
    path = hand_in.into + file.path
    if file.problem is not None:
        found = shown(hand_in.prefix + (file.name or file.path))
        return FileFaultEvidence(
            reason=f"{found} {file.problem}.",
            help=f"Put the correct file there as {shown(path)}.",
        )
    if not _is_absent(file, hand_in):
        return FileFaultEvidence(
            reason=f"Found {listed(hand_in.notebooks)}; none is named {shown(file.path)}.",
            help=f"Name the notebook to grade {shown(path)} and remove the others.",
        )
    return FileFaultEvidence(
        reason=f"{shown(file.path)} is missing.", help=hint(file.role, path, hand_in.others)
    )


def _advice_on_the_whole(
    expected_files: Sequence[ExpectedFile], hand_in: _HandIn
) -> tuple[str, ...]:
    pdfs = [name for name in hand_in.others if name.lower().endswith(".pdf")]
    nothing = not any(file.name for file in expected_files)
    advice = [for_a_pdf(PurePosixPath(name).name) for name in pdfs[:1] if nothing]
    return (*advice, *about_the_whole(hand_in.others))

"""Files → Submission: which file of a hand-in is which, by the lab's paths. Names only, no I/O."""

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
class Place:
    """A file that the lab asks for: its path, and the name of the file found for it, if any.

    Both are relative to the hand-in's own folder. `problem` says why a file that is there cannot
    be used.
    """

    role: Role
    path: str
    name: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Where everything lies. `form` is None, and `fault` says why, where no form is filled.

    `wrapper` is the folder around the hand-in (`NAME/`, or empty), `missing` the paths that the
    nearest form wants and that are not there.
    """

    places: tuple[Place, ...]
    form: Form | None = None
    wrapper: str = ""
    missing: tuple[str, ...] = ()
    review: str | None = None
    fault: Fault | None = None

    @property
    def usable(self) -> dict[Role, str]:
        """The files that can be used, by role; names relative to the hand-in's own folder."""
        return {
            place.role: place.name
            for place in self.places
            if place.name is not None and place.problem is None
        }

    def place(self, role: Role) -> Place | None:
        """The place of `role`, where the lab asks for it."""
        return next((place for place in self.places if place.role is role), None)


def arrange(sizes: Mapping[str, int], student: str, lab: LabSpec) -> Arrangement:
    """Find the lab's files among `sizes`, the names of all files handed in and their bytes."""
    candidates = {name: sizes[name] for name in sorted(sizes) if not is_ignored(name)}
    paths = {role: lab.layout.path(role, student) for role in lab.layout.paths}
    try:
        wrapper = _wrapper(tuple(candidates), tuple(paths.values()))
    except Fault as fault:
        places = tuple(Place(role=role, path=path) for role, path in paths.items())
        return Arrangement(places=places, fault=fault)
    inside = {
        name.removeprefix(wrapper): size
        for name, size in candidates.items()
        if name.startswith(wrapper)
    }
    return replace(judge(_find(paths, tuple(inside)), inside, student, lab), wrapper=wrapper)


def judge(
    found: Mapping[Role, str], inside: Mapping[str, int], student: str, lab: LabSpec
) -> Arrangement:
    """Which of the lab's forms the files `found` fill, or what is wrong with the nearest.

    `inside` are the names and bytes of everything there, the files found among them.
    """
    places = tuple(
        Place(
            role=role,
            path=lab.layout.path(role, student),
            name=found.get(role),
            problem=_problem(inside[found[role]], lab.limits.of(role)) if role in found else None,
        )
        for role in lab.layout.paths
    )
    arrangement = Arrangement(places=places, review=_review(places, lab))
    usable = arrangement.usable
    form = min(lab.layout.forms, key=lambda form: sum(role not in usable for role in form.files))
    wanting = tuple(
        place for place in places if place.role in form.files and place.role not in usable
    )
    if not wanting:
        return replace(arrangement, form=form)
    return replace(
        arrangement,
        missing=tuple(place.path for place in wanting if place.name is None),
        fault=_fault(form, wanting, places, tuple(inside)),
    )


def _wrapper(names: tuple[str, ...], paths: tuple[str, ...]) -> str:
    """The folder around the hand-in as a prefix (`NAME/`), or `""`.

    It is the top folder that holds the most of the asked-for paths; where none is found, the one
    that everything lies in.
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
                f"There is more than one hand-in here: {listed(best)}.",
                help="Put one student's files into one zip.",
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
    """One spelling of accented letters; macOS writes another than everybody else."""
    return unicodedata.normalize("NFC", name)


def top_notebooks(inside: Sequence[str]) -> tuple[str, ...]:
    """The notebooks that lie in no folder."""
    return tuple(name for name in inside if "/" not in name and name.lower().endswith(".ipynb"))


def _problem(size: int, most: int) -> str | None:
    if size == 0:
        return "is empty"
    return f"has {size:,} bytes, and the lab accepts at most {most:,}" if size > most else None


def _review(places: tuple[Place, ...], lab: LabSpec) -> str | None:
    notes = [
        f"{shown(place.name or place.path)} {place.problem} and was left out."
        for place in places
        if place.problem is not None
    ]
    for place in places:
        if place.role is Role.NOTEBOOK and place.name and _nfc(place.name) != _nfc(place.path):
            template = place.name == lab.layout.template_notebook
            notes.append(
                f"The notebook is called {shown(place.name)}"
                f"{', like the template' if template else ''}; {shown(place.path)} is expected."
            )
    return " ".join(notes) or None


def _fault(
    form: Form, wanting: tuple[Place, ...], places: tuple[Place, ...], inside: tuple[str, ...]
) -> Fault:
    taken = {name for place in places for name in (place.path, place.name)}
    others = [name for name in inside if name not in taken]
    notebooks = top_notebooks(inside)
    absent, reasons, helps = [], [], []
    for place in wanting:
        if place.problem is not None:
            reasons.append(f"{shown(place.name or place.path)} {place.problem}.")
            helps.append(f"Put the right file there as {shown(place.path)}.")
        elif place.role is Role.NOTEBOOK and notebooks:
            reasons.append(f"{listed(notebooks)} are here; none is called {shown(place.path)}.")
            helps.append(
                f"Which notebook counts? Name it {shown(place.path)} and take the others out."
            )
        else:
            absent.append(place.path)
            helps.append(hint(place.role, place.path, others))
    if absent:
        reasons.insert(0, f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} missing.")
    asked = {place.role: place.path for place in places}
    return Fault(
        " ".join(reasons),
        help=" ".join((*helps, *about_the_whole(others))),
        expected=listed([asked[role] for role in form.files]),
        actual=listed(inside) or "no file of the lab's",
    )

"""Everything that is fuzzed, by name."""

from grader.sandbox.start import bubblewrap_fault
from tests.fuzz import answers, archives, checkpoints, notebooks, programs
from tests.fuzz.target import Target


def no_bubblewrap() -> str | None:
    """Why no program is run here, if so."""
    fault = bubblewrap_fault()
    return f"programs need bubblewrap: {fault}" if fault else None


TARGETS = (
    Target(name="archive", inputs=archives.archives, check=archives.check, examples=400),
    Target(
        name="checkpoint", inputs=checkpoints.checkpoints, check=checkpoints.check, examples=400
    ),
    Target(
        name="reader",
        inputs=checkpoints.checkpoints,
        check=checkpoints.check_in_child,
        examples=5,
    ),
    Target(name="description", inputs=answers.descriptions, check=answers.check, examples=150),
    Target(name="message", inputs=answers.messages, check=answers.check, examples=400),
    Target(name="notebook", inputs=notebooks.notebooks, check=notebooks.check, examples=100),
    Target(
        name="program",
        inputs=programs.programs,
        check=programs.check,
        examples=6,
        missing=no_bubblewrap,
    ),
    Target(
        name="old program",
        inputs=programs.old_programs,
        check=programs.check_conversion,
        examples=60,
    ),
)


def by_name(name: str) -> Target:
    """The target called `name`."""
    return next(target for target in TARGETS if target.name == name)

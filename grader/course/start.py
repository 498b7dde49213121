"""The course.toml that `grader init` writes."""

from collections.abc import Collection, Sequence

_SETTINGS = (
    ("roster", "roster.csv", "the class list: student ids, names, email addresses"),
    ("extensions", "extensions.csv", "days, dates, grace days and excuses of students"),
    ("data", "test_batch.bin", "the test set; default: what `grader data fetch` has"),
    ("devices", "devices.toml", "the boards for `grader grade --device`"),
)
_HEAD = """\
# The settings of a course. A command that runs in this folder, or below it, takes its options from
# this file; an option on the command line is stronger. Paths are relative to this file.
# `grader course check` lists the faults of this file and shows the labs. docs/course.md explains
# the first hour.
title = "My course"
zone = "@ZONE@"  # of times and dates in your sheets; a lab file has the zone of its due date
"""
_DATABASE = """\
# The database of marks; default: marks.db in the results of each lab.
# database = "postgresql://NAME@HOST/marks-{lab}"
"""
_TOTALS = """
[totals]  # of the term: `grader course totals`
points = 100.0
# best = 2  # only the best labs of each student count, here 2
"""
_LAB = """
[[labs]]
id = "@ID@"  # its name in commands: `grader grade --lab @ID@`, `grader review @ID@`
lab = "@LAB@"  # a lab of `grader lab list`, or a lab file
weight = 1.0
# folder = "@ID@"  # the hand-ins are in @ID@/hand-ins, the results in @ID@/results
"""


def start(labs: Sequence[tuple[str, str]], zone: str, there: Collection[str]) -> str:
    """Return a course.toml with `labs`: each an id, and a lab's name or file.

    A setting whose usual file is `there` is active, the others are comments.
    """
    width = max(len(f'# {key} = "{file}"') for key, file, _ in _SETTINGS)
    settings = ""
    for key, file, meaning in _SETTINGS:
        line = f'{key} = "{file}"' if file in there else f'# {key} = "{file}"'
        settings += f"{line:<{width}}  # {meaning}\n"
    tables = "".join(_LAB.replace("@ID@", id).replace("@LAB@", lab) for id, lab in labs)
    return _HEAD.replace("@ZONE@", zone) + "\n" + settings + _DATABASE + _TOTALS + tables

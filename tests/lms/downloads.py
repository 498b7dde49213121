"""Downloads in each LMS's real shape, made of small hand-ins."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader import lms
from grader.labs.kinds import network_lab
from grader.labs.spec import LabSpec
from grader.lms import Imported
from grader.lms.roster import Roster

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def student_zip(student: str, content: bytes = b"weights") -> bytes:
    """A hand-in in the lab's layout, without a valid network."""
    return zipped({"model/mobilenet.pth": content, f"{student}.ipynb": NOTEBOOK})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2024, 4, 5, 0, 1, 2))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def as_zip(folder: Path, files: Mapping[str, bytes], name: str = "download.zip") -> Path:
    """Write the download as a zip."""
    path = folder / name
    path.write_bytes(zipped(files))
    return path


def as_folder(folder: Path, files: Mapping[str, bytes], name: str = "download") -> Path:
    """Write the download as an unzipped folder."""
    for member, content in files.items():
        path = folder / name / member
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / name


Made = Callable[[Path, Mapping[str, bytes]], Path]
BOTH_WAYS = pytest.mark.parametrize("made", [as_zip, as_folder])


def by_id(taken: Imported) -> dict[str, Path]:
    """The hand-ins by their students' ids."""
    return {source.stem: source for source in taken.sources}


def import_downloads(
    path: Path, out: Path, roster: Roster | None = None, lab: LabSpec | None = None
) -> Imported:
    """Import the path as `grader grade` does, with the results folder `out`.

    Without a `lab`, it is the default lab.
    """
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    lab = lab or network_lab()
    return lms.import_downloads(lms.classify_paths([path], lab), lab, out, work, roster)


JANE, LI = "Jane Doe", "李 小龍"
OLE = "Ole ONeil-Sørensen"  # is O'Neil: Moodle leaves the apostrophe out of names of files
MOODLE = {
    f"{JANE}_101_assignsubmission_file_/B1.zip": student_zip("B1"),
    f"{LI}_102_assignsubmission_file_/B2 (1).zip": student_zip("B2", b"new"),
    f"{LI}_102_assignsubmission_file_/B2.zip": student_zip("B2", b"old"),
    f"{LI}_102_assignsubmission_onlinetext_/onlinetext.html": b"<p>see zip</p>",
    f"{OLE}_103_assignsubmission_file_/model/mobilenet.pth": b"weights",
    f"{OLE}_103_assignsubmission_file_/B3.ipynb": NOTEBOOK,
    "Ann Text_104_assignsubmission_onlinetext_/onlinetext.html": b"<p>my code</p>",
}
MOODLE_WITHOUT_TRAILING = {
    name.replace("file_/", "file/").replace("text_/", "text/"): content
    for name, content in MOODLE.items()
}
MOODLE_FLAT = {
    name.replace("_/", "_"): content for name, content in MOODLE.items() if "model/" not in name
}
MOODLE_BLIND = {
    name.replace(JANE, "Participant").replace(LI, "Participant").replace(OLE, "Participant"): each
    for name, each in MOODLE.items()
    if "onlinetext" not in name
}
CANVAS = {
    "doejane_2001_9001_B1.zip": student_zip("B1", b"old"),
    "doejane_2001_9007_B1-1.zip": student_zip("B1", b"new"),
    "li_LATE_2002_9002_B2-2.zip": student_zip("B2"),
    "oneil_2003_9003_mobilenet.pth": b"weights",
    "oneil_2003_9004_B3-1.ipynb": NOTEBOOK,
    "text_2004_text.html": b"<p>my code</p>",
}
CANVAS_ANONYMOUS = {
    "anon_xY9zQ_9001_B1.zip": student_zip("B1"),
    "anon_LATE_12345_9002_B2.zip": student_zip("B2"),
}
METADATA = b"""---
submission_301:
  :submitters:
  - :name: Jane Doe
    :sid: B1
    :email: jane@example.edu
  :created_at: 2024-04-04 15:54:59.482063000 Z
  :score: 0.0
  :status: processed
  :history:
  - :id: 299
    :created_at: 2024-04-03 10:00:00.000000000 Z
submission_302:
  :submitters:
  - :name: Li Xiaolong
    :sid: 'B2'
    :email: li@example.edu
  - :name: Ole Neil
    :sid: 'B3'
    :email: ole@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2024-04-04 15:55:01.000000000 Z
    zone: &2 !ruby/object:ActiveSupport::TimeZone
      name: Asia/Taipei
    time: 2024-04-04 23:55:01.000000000 Z
submission_303:
  :submitters: []
  :created_at: nonsense
"""
GRADESCOPE = {
    "assignment_77_export/submission_metadata.yml": METADATA,
    "assignment_77_export/submission_301/model/mobilenet.pth": b"weights",
    "assignment_77_export/submission_301/B1.ipynb": NOTEBOOK,
    "assignment_77_export/submission_302/B2.zip": student_zip("B2"),
}

"""Build a Gradescope autograder: a zip with setup.sh, run_autograder and this package.

Gradescope unpacks the zip to /autograder/source, runs setup.sh once as it builds the image, and
run_autograder for every submission, with the files in /autograder/submission.
"""

import io
import json
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import grader
from grader.datasets.dataset import Dataset
from grader.datasets.registry import dataset_named
from grader.errors import GraderError
from grader.files import zip_entry
from grader.inference.packages import installed
from grader.intake import safe_name
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.labs.write_toml import as_toml

DISTRIBUTION = "edge-lab-grader"
PACKAGE = Path(grader.__file__).parent
EXTRA = 'extra == "executorch"'
PINNED = NetworkLab.packages  # all images of a course measure with the releases of this machine
METADATA = "submission_metadata.json"
LEFT_OUT = frozenset({"__pycache__"})
ALONE = frozenset({".zip", ".pdf"})  # a file that is a whole hand-in

SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq python3.11 python3.11-venv bubblewrap npm
python3.11 -m venv /autograder/venv
/autograder/venv/bin/pip install -q -r /autograder/source/requirements.txt
"""
FETCH = """cd /autograder/source/python
[ -s /autograder/source/test_batch.bin ] || /autograder/venv/bin/python -m grader data fetch
"""
RUN = """#!/usr/bin/env bash
# Gradescope runs this for every submission. Without results/results.json the run has failed.
set -uo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
python=${AUTOGRADER_PYTHON:-$root/venv/bin/python}
export PYTHONPATH=$root/source/python
[ -s "$root/source/test_batch.bin" ] && export GRADER_DATA=$root/source/test_batch.bin
lab=__LAB__
[ -f "$root/source/lab.toml" ] && lab=$root/source/lab.toml
hand_in=$("$python" -m grader gradescope hand-in "$root") || exit
"$python" -m grader check "$hand_in" --lab "$lab" --gradescope "$root/results/results.json"
[ -s "$root/results/results.json" ]
"""


def build(lab: str = DEFAULT_LAB, data: Path | None = None) -> bytes:
    """Return the autograder's zip for `lab`, a name or a .toml file, with the test set `data`.

    Without `data` the image downloads the test set when it is built, if the lab has one. Equal
    arguments give equal bytes.
    Raises `GraderError` if the lab is not valid.
    """
    spec = load_lab(lab)
    dataset = dataset_of(spec)
    built_in = not lab.endswith(".toml")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", (SETUP + (FETCH if dataset else "")).encode(), 0o755)
        run = RUN.replace("__LAB__", lab if built_in else DEFAULT_LAB)
        _add(archive, "run_autograder", run.encode(), 0o755)
        _add(archive, "requirements.txt", _requirements().encode())
        if not built_in:
            _add(archive, "lab.toml", as_toml(spec).encode())
            for name, content in spec.files_beside.items():
                _add(archive, name, content)
        if data is not None:
            _add(archive, "test_batch.bin", data.read_bytes())
        for path in sorted(PACKAGE.rglob("*")):
            if path.is_file() and not LEFT_OUT & set(path.parts):
                name = path.relative_to(PACKAGE.parent).as_posix()
                _add(archive, f"python/{name}", path.read_bytes())
        if dataset is not None:
            sample = f"python/grader/{dataset.sample.name}"
            if sample not in archive.namelist():  # a checkout has it beside the package
                _add(archive, sample, dataset.sample_path().read_bytes())
    return written.getvalue()


def dataset_of(lab: LabSpec) -> Dataset | None:
    """Return the data set of the test images; None if the lab measures no network."""
    return dataset_named(lab.dataset) if isinstance(lab, NetworkLab) else None


def hand_in(root: Path) -> Path:
    """Return a link in `root`/work with the student's id as its name, as the notebook has it.

    It points to the only archive or PDF that was handed in, else to the folder of files. Raises
    `GraderError` if nothing was handed in.
    """
    submission = root / "submission"
    files = sorted(submission.iterdir()) if submission.is_dir() else []
    if not files:
        raise GraderError(f"There is no submission in {submission}.")
    ending = files[0].suffix.lower() if len(files) == 1 and files[0].is_file() else ""
    alone = ending in ALONE
    notebooks = [each.stem for each in files if each.suffix == ".ipynb"]
    fallback = files[0].stem if alone else notebooks[0] if len(notebooks) == 1 else "submission"
    student = safe_name(_sid(root / METADATA) or fallback)
    link = root / "work" / (f"{student}{ending}" if alone else student)
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to((files[0] if alone else submission).absolute())
    return link


def _sid(metadata: Path) -> str | None:
    """Return the student id of the first submitter, or None if Gradescope has none."""
    try:
        document: Any = json.loads(metadata.read_text(encoding="utf-8"))
        sid = document["users"][0]["sid"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return str(sid).strip() or None if sid is not None else None


def _requirements() -> str:
    try:
        needed = requires(DISTRIBUTION) or []
    except PackageNotFoundError as error:
        raise GraderError(
            f"{DISTRIBUTION} is not installed: its requirements are unknown.",
            help="Install the grader with pip, then build again.",
        ) from error
    pinned = {name: version.partition("+")[0] for name, version in installed(PINNED).items()}
    lines = [_without_extra(each) for each in needed if "extra ==" not in each or EXTRA in each]
    lines += [f"{name}=={version}" for name, version in pinned.items()]
    return "".join(f"{each}\n" for each in lines)


def _without_extra(requirement: str) -> str:
    """Return a requirement of the extra as one of the package."""
    return requirement.partition(";")[0].strip() if EXTRA in requirement else requirement


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    archive.writestr(zip_entry(name, mode=mode), content)

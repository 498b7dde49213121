"""Decide if no notebook was handed in, so that its questions can get no points. Pure.

Only what is certain counts: a notebook that could not be read, has another name or lies in another
folder, or may be in a further archive, is for a person.
"""

from collections.abc import Mapping

from grader.evidence import ids
from grader.evidence.intake import MOST_LISTED, ArchiveEvidence, LayoutEvidence
from grader.intake.names import may_be_notebook
from grader.types import Measurement, Status

LOOKED_AT = frozenset({Status.PASSED, Status.FAILED})


def has_no_notebook(by_id: Mapping[str, Measurement]) -> bool:
    """Return True if the whole hand-in was listed and no file of it can be a notebook."""
    archive, layout = by_id.get(ids.ARCHIVE), by_id.get(ids.LAYOUT)
    if archive is None or layout is None or not archive.passed or layout.status not in LOOKED_AT:
        return False
    asked = LayoutEvidence.read(layout)
    if asked.notebook_expected is None or asked.notebook_found is not None:
        return False
    if asked.other_notebooks is not None:
        return not asked.other_notebooks
    listed = ArchiveEvidence.read(archive)  # an older grader wrote only these, cut to the first 50
    if listed.ignored is None:
        return False
    links = listed.links or ()
    is_cut = max(len(listed.ignored), len(links)) > MOST_LISTED
    return not is_cut and not any(map(may_be_notebook, (*listed.ignored, *links)))

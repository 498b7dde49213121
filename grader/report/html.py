"""results/index.html: the class on one page that needs nothing beside itself."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.lab import LabSpec
from grader.report import facts, plot, text
from grader.report.claims import claimed
from grader.report.evidence import BlockWidths, blocks, question_cell
from grader.report.row import MARKS, Row, counts, pending_points, rows
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One student's part of the page; `anchor` is ours, since an id is any text.

    `notebook` is the address of the notebook's page, empty where there is none.
    """

    anchor: str
    row: Row
    blocks: tuple[BlockWidths, ...]
    notebook: str


def index(
    reports: Iterable[Report], lab: LabSpec, notebooks: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The page as HTML: table, plot, and behind each student what was found.

    `notebooks` has the place of each student's notebook's page, from this page's folder.

    It asks for nothing over the network, and its Content-Security-Policy lets nothing be asked
    for: of all scripts and style sheets only those with the hashes it names are run.
    """
    class_rows = rows(reports)
    details = [
        Detail(
            anchor=f"s{number}",
            row=row,
            blocks=blocks(row.report.measurement("structure.lineage")),
            notebook=quote(notebooks.get(row.student, ""), errors="surrogateescape"),
        )
        for number, row in enumerate(class_rows, start=1)
    ]
    provenances = [row.report.provenance for row in class_rows]
    environment = _environment()
    spec = plot.spec(class_rows, lab)
    # Markup, because neither has anything of a hand-in in it.
    style = Markup(environment.get_template("style.css").render())  # noqa: S704
    script = Markup(plot.script() if spec else "")  # noqa: S704
    return environment.get_template("index.html").render(
        lab=lab,
        details=details,
        counts=counts(class_rows),
        pending=pending_points(class_rows),
        provenance=max(provenances, key=lambda each: each.graded_at, default=None),
        sampled=any(each.data_images < lab.accuracy.images for each in provenances),
        levels=[text.whole(level) for level in plot.levels(lab.score)],
        spec=spec,
        drawn=len(plot.measured(class_rows, lab)),
        style=style,
        script=script,
        policy=_policy(style, script),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "mflops": text.mflops,
        "percent": text.percent,
        "points": text.points,
        "whole": text.whole,
        "interval": facts.interval,
        "facts": facts.facts,
        "cell": question_cell,
        "claimed": claimed,
    }
    environment.globals |= {"marks": MARKS, "sample": facts.SAMPLE}
    return environment


def _shown(value: object) -> str:
    """What a template puts out: anything is made inert, but what is markup already."""
    return value if isinstance(value, Markup) else text.inert(str(value))


def _policy(style: str, script: str) -> str:
    allowed = {"style-src": style, "script-src": script}
    hashes = "; ".join(f"{kind} '{_hash(source)}'" for kind, source in allowed.items())
    return f"default-src 'none'; {hashes}; base-uri 'none'; form-action 'none'"


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()

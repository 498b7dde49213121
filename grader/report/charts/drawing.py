"""Draws charts: with JavaScript on the class's page, as SVG on a student's page.

The colours are CSS variables of the pages, so that a chart follows its page's dark mode.
"""

import contextlib
import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import altair
import platformdirs
import vl_convert

from grader.files import replace_file

INK, MUTED, LINE = "var(--ink)", "var(--muted)", "var(--line)"
ACCENT, PAPER, BAD, OURS = "var(--accent)", "var(--paper)", "var(--bad)", "var(--ours)"
PRINTED = {INK: "#1b1f24", MUTED: "#5b6470", LINE: "#c9cfd6"}  # outside of a page
ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleX": -36, "titleY": -26}  # of the y axis

MANY = 150  # points; more are drawn small and translucent, so that their density can be seen

Spec = dict[str, Any]  # a chart in Vega-Lite's JSON

# Expressions are interpreted, not compiled, so that the page can forbid `eval`. Vega's style sheets
# are left out, so that the page can forbid all style sheets except its own.
DRAW = """
const options = {
  renderer: "svg", actions: false, ast: true, defaultStyle: false,
  tooltip: {disableDefaultStyle: true},
};
addEventListener("load", async () => {
  for (const source of document.querySelectorAll("script[data-plot]")) {
    await new Promise((later) => setTimeout(later));  // the table is shown, and stays responsive
    await vegaEmbed(`#${source.dataset.plot}`, JSON.parse(source.textContent), options);
  }
});
"""
_ROLE = re.compile(r' (?:role|aria-roledescription|aria-hidden|pointer-events|class)="[^"]*"')
_LABEL = re.compile(r' aria-label="([^"]*)"')
_MARK = re.compile(r'<path aria-label="([^"]*)"[^>]*/>')
_SIZE = re.compile(r'^<svg[^>]*? width="([\d.]+)" height="([\d.]+)" viewBox="([^"]*)">')


def finished(chart: Any, description: str) -> Spec:
    """Return the specification of a chart or of layers, with the page's background and font.

    `description` is the text for screen readers.
    """
    axis = {
        "domainColor": LINE,
        "gridOpacity": 0,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelPadding": 6,
        "tickColor": LINE,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    legend = {
        "labelColor": MUTED,
        "labelFontSize": 12,
        "orient": "top",
        "title": None,
        "symbolStrokeWidth": 0,
    }
    made: Spec = (
        chart.properties(background="transparent", description=description)
        .configure(font="system-ui, sans-serif", axis=axis, legend=legend, view={"stroke": None})
        .to_dict(validate=False)  # slow; tests/report validate every chart
    )
    return made


def points_of(many: int) -> dict[str, float]:
    """Return the size, stroke and opacity of each of `many` points."""
    if many > MANY:
        return {"size": 16, "strokeWidth": 1, "opacity": 0.5}
    return {"size": 80, "strokeWidth": 1.75, "opacity": 1}


def plain(rows: Sequence[Mapping[str, object]]) -> Any:
    """Return the rows as Altair's data, without a data frame."""
    return altair.Data(values=list(rows))


@functools.cache
def script() -> str:
    """Return one script (0.9 MB) of Vega, Vega-Lite and the code that draws the page's charts.

    It draws every `script[data-plot]`. Bundling takes two seconds and always gives the same
    script, so it is kept in the user's cache.
    """
    cached = script_path()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return cached.read_text(encoding="utf-8")
    bundled = str(vl_convert.javascript_bundle(DRAW))
    with contextlib.suppress(OSError):  # without a writable cache it is bundled every time
        replace_file(cached, bundled.encode())
    return bundled


def script_path() -> Path:
    """Return the path of the cached script, which depends on Vega's version and on `DRAW`."""
    lines = hashlib.sha256(DRAW.encode()).hexdigest()[:12]
    name = f"plot-{lines}-vl-convert-{version('vl-convert-python')}.js"
    return platformdirs.user_cache_path("edge-lab-grader", appauthor=False) / name


def svg(spec: Spec) -> str:
    """Return the chart as one SVG element that is as wide as the page allows.

    It is hidden from screen readers: the page has the same information as text or as a table.
    """
    drawn = str(vl_convert.vegalite_to_svg(json.dumps(spec)))
    size = _SIZE.match(drawn)
    assert size, drawn[:200]
    width, _, box = size.groups()
    inner = _ROLE.sub("", drawn[size.end() :])
    head = f'<svg viewBox="{box}" width="{width}" aria-hidden="true" focusable="false">'
    # The first element is Vega's background; the page has its own.
    return head + re.sub(r"^<rect[^>]*>(?:</rect>)?", "", inner)


def picture(spec: Spec) -> bytes:
    """Return the chart as a PNG for a document: on white, without the page's variables."""
    text = json.dumps(spec | {"background": "white"})
    for variable, colour in PRINTED.items():
        text = text.replace(variable, colour)
    drawn: bytes = vl_convert.vegalite_to_png(text, scale=2)
    return drawn


def singled_out(drawn: str, label: str | None) -> str:
    """Return `drawn` with the mark `label` in the CSS class `mine` and in front of the others.

    The marks' descriptions are removed, so that no other mark can be identified.
    """
    marks = list(_MARK.finditer(drawn))
    mine = next((each for each in marks if each[1] == label), None)
    if mine is not None:
        front = marks[-1].end()
        drawn = drawn[: mine.start()] + drawn[mine.end() : front] + mine[0] + drawn[front:]
    return _LABEL.sub(lambda found: ' class="mine"' if found[1] == label else "", drawn)


def moved(drawn: str, label: str, x: float, y: float) -> str:
    """Return `drawn` with the mark `label` at `x`, `y` in pixels from the chart's upper left."""
    return re.sub(
        rf'(<path aria-label="{re.escape(label)}" transform="translate)\([^)]*\)',
        lambda found: f"{found[1]}({x:.1f},{y:.1f})",
        drawn,
    )

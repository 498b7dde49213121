"""The channels of each block of a network, original and kept, as bars."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import altair

from grader.evidence.lineage import BlockWidths, Width
from grader.report.charts.drawing import ACCENT, LINE, MUTED, Spec, finished, plain, singled_out

WIDTH = 330  # pixels
ROOM = 1.25  # of the widest bar: its text stands beside it
_BAR = re.compile(rf'(d="M0,[\d.]+)h[\d.]+v([\d.]+)h-[\d.]+Z" fill="{re.escape(ACCENT)}"')
_TEXT = re.compile(r"(>\d+ → )\d+(?=</text>)")


def drawn_widths(blocks: Sequence[BlockWidths], draw: Callable[[Spec], str]) -> str:
    """Return the chart as SVG; empty without blocks.

    Two networks of the same blocks differ only in the kept channels, so that one chart of the
    unpruned network is drawn for all of them: Vega needs 0.1 s for each chart.
    """
    spec = widths([_unpruned(each) for each in blocks])
    if spec is None:
        return ""
    scale = WIDTH / (ROOM * _widest(blocks))
    kept = [width.kept for block in blocks for width in block.both]
    bars, texts = iter(kept), iter(kept)

    def bar(found: re.Match[str]) -> str:
        length = scale * next(bars)
        return f'{found[1]}h{length:.2f}v{found[2]}h{-length:.2f}Z" fill="{ACCENT}"'

    drawn = _BAR.sub(bar, singled_out(draw(spec), None))
    return _TEXT.sub(lambda found: f"{found[1]}{next(texts)}", drawn)


def _unpruned(block: BlockWidths) -> BlockWidths:
    return replace(block, hidden=_whole(block.hidden), output=_whole(block.output))


def _whole(width: Width | None) -> Width | None:
    return None if width is None else replace(width, kept=width.original)


def _widest(blocks: Sequence[BlockWidths]) -> int:
    return max(width.original for block in blocks for width in block.both)


def widths(blocks: Sequence[BlockWidths]) -> Spec | None:
    """Return the channels of each block: kept in front of original, hidden above output."""
    values = [
        {
            "block": _short(block.name),
            "part": part,
            "original": width.original,
            "kept": width.kept,
            "channels": f"{width.original} → {width.kept}",
        }
        for block in blocks
        for part, width in (("hidden", block.hidden), ("output", block.output))
        if width is not None
    ]
    if not values:
        return None
    empty = _empty_widths(tuple(_short(block.name) for block in blocks), _widest(blocks))
    return {**empty, "data": {"values": values}}


@cache  # most hand-ins of a class have the same blocks, and Altair needs 50 ms to build a chart
def _empty_widths(order: tuple[str, ...], widest: int) -> Spec:
    every = altair.Chart(plain([])).encode(
        y=altair.Y("block:N", sort=list(order), title=None),
        yOffset=altair.YOffset("part:N", sort=["hidden", "output"]),
    )
    scale = altair.Scale(domain=[0, widest * ROOM], nice=False)
    axis = {"title": "Channels, original and kept", "scale": scale}
    chart = altair.layer(
        every.mark_bar(color=LINE).encode(x=altair.X("original:Q", **axis)),
        every.mark_bar(color=ACCENT).encode(x=altair.X("kept:Q", **axis)),
        every.mark_text(align="left", dx=4, color=MUTED, fontSize=10).encode(
            x=altair.X("original:Q", **axis), text="channels:N"
        ),
    )
    return finished(chart.properties(width=WIDTH, height=altair.Step(13)), "")


def _short(block: str) -> str:
    return block.removeprefix("features.")

"""Print the similar write-ups on a terminal, with their evidence and a warning."""

from collections.abc import Iterator, Mapping

from rich.console import Group as Renderables
from rich.console import RenderableType
from rich.text import Text

from grader.similarity.listing import Listed, listing, many, not_compared
from grader.similarity.write_ups import SimilarClass, SimilarWriteUps, WriteUpGroup

PARAGRAPHS = 5  # of a pair, listed at most

WARNING = (
    "A listed pair is a reason to look, not a proof; it changes no grade. Students who measured on "
    "one board together have equal latencies. The lab's own text and exact values, such as sizes "
    "and sparsities, are not compared."
)


def write_up_table(
    found: SimilarClass, left_out: Mapping[str, str], compared: int
) -> RenderableType:
    """Return each pair and group with its evidence, then the hand-ins not compared and why."""
    return Renderables(*_parts(found, left_out, compared))


def _parts(
    found: SimilarClass, left_out: Mapping[str, str], compared: int
) -> Iterator[RenderableType]:
    yield from listing(
        [Listed(students=each.students, evidence=tuple(_evidence(each))) for each in found.pairs],
        [Listed(students=each.students, evidence=tuple(_shared_by(each))) for each in found.groups],
        many(compared, "write-up"),
    )
    yield Text(WARNING, style="dim")
    yield from not_compared(left_out)


def _evidence(pair: SimilarWriteUps) -> Iterator[str]:
    if pair.latencies:
        shared = pair.latencies
        yield (
            f"latencies: {shared.cells} of {shared.of} are equal, in {many(shared.rows, 'row')}; "
            f"by chance {shared.expected:.1f}"
        )
    for each in pair.paragraphs[:PARAGRAPHS]:
        yield (
            f"paragraph: {each.length} characters, page {each.first} of the first, page "
            f"{each.second} of the second"
        )
    if len(pair.paragraphs) > PARAGRAPHS:
        yield f"{many(len(pair.paragraphs) - PARAGRAPHS, 'more paragraph')}"


def _shared_by(group: WriteUpGroup) -> Iterator[str]:
    if group.latencies:
        yield "latencies: more equal ones than by chance"
    if group.paragraphs:
        yield f"{many(group.paragraphs, 'paragraph')} with nearly the same text"

"""Print the similar write-ups on a terminal, with their evidence and a warning."""

from collections.abc import Iterator, Mapping

from rich.console import Group as Renderables
from rich.console import RenderableType

from grader.similarity.listing import Found, Listed, listing, many
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
    return Renderables(*listing(listed_of(found, left_out, compared)))


def listed_of(found: SimilarClass, left_out: Mapping[str, str], compared: int) -> Found:
    """Return the pairs and groups with their evidence in words."""
    return Found(
        pairs=tuple(
            Listed(students=each.students, evidence=tuple(_evidence(each))) for each in found.pairs
        ),
        groups=tuple(map(_listed, found.groups)),
        whole=_listed(found.whole) if found.whole else None,
        compared=many(compared, "write-up"),
        notes=(WARNING,),
        left_out=left_out,
    )


def _listed(group: WriteUpGroup) -> Listed:
    return Listed(students=group.students, evidence=tuple(_shared_by(group)))


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

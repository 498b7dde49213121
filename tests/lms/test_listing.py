from grader.lms.listing import Gathered, Piece, StudentFiles, by_student, without_superseded
from grader.types import Arrival

JANE = Arrival(lms="canvas", lms_id="2001", name="Jane")


def names(parcel: StudentFiles) -> list[str]:
    """What is left of a student's files."""
    return [each.name for each in parcel.pieces]


def parcel(*pieces: Piece, numbered: bool = False) -> StudentFiles:
    """Jane's files."""
    return StudentFiles(who=JANE, pieces=pieces, numbered=numbered)


def piece(name: str, order: int = 0) -> Piece:
    """A file of a download, handed in as the `order`-th."""
    return Piece(name=name, member=name, order=order)


def test_an_archive_handed_in_again_takes_the_first_ones_place() -> None:
    """Its name differs by the copy's number only; the older one is named."""
    kept = without_superseded(parcel(piece("B1.zip", 1), piece("B1 (1).zip", 2)))
    assert names(kept) == ["B1 (1).zip"]
    assert kept.who.superseded == ("B1.zip",)


def test_archives_of_other_names_are_one_attempt() -> None:
    """Nothing says which counts: both are kept."""
    kept = without_superseded(parcel(piece("model.zip", 1), piece("notes.zip", 2)))
    assert names(kept) == ["model.zip", "notes.zip"]
    assert kept.who.superseded == ()


def test_other_files_are_copies_only_where_the_lms_numbers_them() -> None:
    """`a-1.txt` may be a student's own name for it."""
    pieces = (piece("a.txt", 1), piece("a-1.txt", 2))
    assert names(without_superseded(parcel(*pieces))) == ["a.txt", "a-1.txt"]
    assert names(without_superseded(parcel(*pieces, numbered=True))) == ["a-1.txt"]


def test_text_typed_into_the_lms_is_not_graded_beside_files() -> None:
    """It is named; alone it gets a verdict too. Students come in the order of their names."""
    li = Arrival(lms="canvas", lms_id="2002", name="Li")
    both = Gathered(who=li, pieces=[piece("B2.zip")], beside=[piece("text.html")])
    alone = Gathered(who=JANE, beside=[piece("text.html")])
    read = by_student([both, alone])
    assert [each.who.name for each in read.parcels] == ["Jane", "Li"]
    assert [names(each) for each in read.parcels] == [["text.html"], ["B2.zip"]]
    (note,) = read.notes
    assert "Li" in note
    assert "text.html" in note

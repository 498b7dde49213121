from grader.marks.marking import Toggle, add_remark, give, toggle
from grader.marks.remark_store import bases_of_all, counted, counted_remarks
from grader.marks.remarks import Basis, Remark
from grader.marks.store import Marks
from tests.marks.targets import ALICE, PART, target


def test_the_basis_of_the_newest_mark_counts(database: str) -> None:
    """A withdrawn mark has none, and its remark one student less."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        wish = Toggle(remark=off.id, version=1, on=True)
        for student in ("B1", "B2"):
            toggle(marks.engine, target(student, machine=2), wish, ALICE)
        give(marks.engine, target("B2", 1), None, "", ALICE)
        expected = {("id:b1", "1.1"): Basis(remarks=(off.id,), machine=2)}
        assert bases_of_all(marks.engine) == expected
        (one,) = counted_remarks(marks.engine)["1.1"]
        assert (one.remark, one.students) == (off, 1)


def test_remarks_are_listed_by_their_number_of_students() -> None:
    """By part; removed ones are not listed."""
    known = [
        Remark(id=id, part=part, words=words, points=-1, author="", at="", version=1)
        for id, part, words in (
            ("a", "1.1", "x"), ("b", "1.1", "y"), ("c", "1.2", "z"), ("d", "1.2", ""),
        )
    ]  # fmt: skip
    bases = [Basis(remarks=("b", "c")), Basis(remarks=("b", "d"))]
    found = {
        part: [(each.remark.id, each.students) for each in several]
        for part, several in counted(known, bases).items()
    }
    assert found == {"1.1": [("b", 2), ("a", 0)], "1.2": [("c", 1)]}

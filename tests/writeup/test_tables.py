"""Tables in pages of words; the real write-ups beside the checkout are read at the end."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.sandbox.child.read_pdf import answer
from grader.writeup.document import Box
from grader.writeup.read import opened
from grader.writeup.read_table import ReadTable
from grader.writeup.tables import read_tables
from tests.writeup.pages import PITCH, document, page, rows
from tests.writeup.the_tables import PRUNING, QUANTIZATION

HEAD = ["Iteration", "Sparsity (%)", "Accuracy", "Latency (s)", "Disk Size (MB)"]
XS = [50, 120, 200, 270, 350]
QUANTIZED = ["Model", "Q", "dtype", "Size (MB)", "(Params)", "Accuracy", "Latency B1", "B64"]
QXS = [40, 90, 120, 180, 250, 330, 400, 490]


def numbered(first: int, last: int) -> list[list[str]]:
    """Rows of the pruning table, each with its own values."""
    return [
        [str(n), f"{n}.50%", f"0.9{n:02}", f"0.02{n:02}", f"{20 - n / 2:.2f}"]
        for n in range(first, last + 1)
    ]


def texts(table: ReadTable) -> list[list[str | None]]:
    """The cells of a table as read, in the order of its columns."""
    return [
        [row.cells[column.id].text if column.id in row.cells else None for column in table.columns]
        for row in table.rows
    ]


def only(found: Sequence[ReadTable]) -> ReadTable:
    """The one table that was found."""
    assert len(found) == 1
    return found[0]


def test_a_table_is_found_by_its_heading_and_read_by_its_key() -> None:
    """Its rows have the iterations as ids; the title tells which variant it is."""
    lines = {50.0: [(50.0, "IMP without rewinding")], **rows([HEAD, *numbered(0, 20)], XS)}
    table = only(read_tables(document(page(lines)), PRUNING))
    assert texts(table) == numbered(0, 20)
    assert (table.variant, table.missing_rows, table.missing_columns) == (
        "without-rewinding",
        (),
        (),
    )
    assert [each.unit for each in table.columns] == [None, "%", None, "s", "MB"]


@pytest.mark.parametrize("heading", [True, False])
def test_a_table_goes_on_on_the_next_page(heading: bool) -> None:
    """With its heading again or without it."""
    first = page(rows([HEAD, *numbered(0, 9)], XS))
    second = rows([*([HEAD] if heading else []), *numbered(10, 20)], XS)
    table = only(read_tables(document(first, page(second, number=2)), PRUNING))
    assert texts(table) == numbered(0, 20)
    assert table.pages == (1, 2)
    assert {each.page for each in table.rows[10:]} == {2}


def test_the_number_of_a_page_is_no_row() -> None:
    """It stands below the key column, and alone."""
    lines = {**rows([HEAD, *numbered(0, 3)], XS), 700.0: [(50.0, "4")]}
    assert len(only(read_tables(document(page(lines)), PRUNING)).rows) == 4


def test_a_second_table_is_another_one() -> None:
    """Captions below belong to the table above, though they stand above the next."""
    lines = {
        **rows([HEAD, *numbered(0, 4)], XS),
        200.0: [(50.0, "Table 1: IMP without rewinding")],
        **rows([HEAD, *numbered(0, 4)], XS, top=260),
        360.0: [(50.0, "Table 2: IMP with rewinding")],
    }
    found = read_tables(document(page(lines)), PRUNING)
    assert [each.variant for each in found] == ["without-rewinding", "with-rewinding"]
    assert found[0].missing_rows == tuple(map(str, range(5, 21)))


def test_no_variant_is_guessed() -> None:
    """Nothing around the tables tells which is which."""
    lines = {**rows([HEAD, *numbered(0, 4)], XS), **rows([HEAD, *numbered(0, 4)], XS, top=300)}
    assert [each.variant for each in read_tables(document(page(lines)), PRUNING)] == [None, None]


def test_one_wide_table_is_read_once_for_each_variant() -> None:
    """A column without a variant belongs to both."""
    head = ["Iteration", "Sparsity (%)", "Acc (no rewind)", "Acc (rewind)", "Disk (MB)"]
    table = [head, *([str(n), f"{n}%", f"0.9{n}", f"0.8{n}", f"{n}.5"] for n in range(5))]
    without, with_ = read_tables(document(page(rows(table, [50, 120, 200, 300, 400]))), PRUNING)
    assert (without.variant, with_.variant) == ("without-rewinding", "with-rewinding")
    assert without.rows[3].cells["accuracy"].text == "0.93"
    assert with_.rows[3].cells["accuracy"].text == "0.83"
    assert without.rows[3].cells["disk"].text == with_.rows[3].cells["disk"].text == "3.5"
    assert without.missing_columns == ("latency",)


def test_a_column_may_tell_the_variants_apart() -> None:
    """Both stand below each other in one table."""
    head = ["Method", "Iteration", "Sparsity", "Accuracy", "Latency"]
    table = [head]
    for method, digit in (("no rewind", 9), ("rewind", 8)):
        table += [[method, str(n), f"{n}%", f"0.{digit}{n}", f"0.0{n}"] for n in range(4)]
    read = document(page(rows(table, [40, 120, 200, 280, 360])))
    without, with_ = read_tables(read, PRUNING)
    assert (without.variant, with_.variant) == ("without-rewinding", "with-rewinding")
    assert [each.cells["accuracy"].text for each in without.rows] == [
        "0.90",
        "0.91",
        "0.92",
        "0.93",
    ]
    assert [each.cells["accuracy"].text for each in with_.rows] == ["0.80", "0.81", "0.82", "0.83"]


def test_two_tables_side_by_side_are_two() -> None:
    """Each has its own title above it."""
    left, right = [40, 100, 150, 200, 250], [330, 390, 440, 490, 540]
    head = ["Iter", "Sparsity", "Acc", "Latency", "Disk"]
    a = [head, *([str(n), f"{n}%", f"0.9{n}", f"0.1{n}", f"{n}.5"] for n in range(4))]
    b = [head, *([str(n), f"{n}%", f"0.7{n}", f"0.2{n}", f"{n}.6"] for n in range(4))]
    title = {80.0: [(40.0, "IMP without rewinding"), (330.0, "IMP with rewinding")]}
    both = {
        top: [*cells, *others]
        for (top, cells), others in zip(rows(a, left).items(), rows(b, right).values(), strict=True)
    }
    one, other = read_tables(document(page({**title, **both})), PRUNING)
    assert (one.variant, other.variant) == ("without-rewinding", "with-rewinding")
    assert texts(one) == a[1:]
    assert texts(other) == b[1:]


def quantized() -> list[list[str]]:
    """The rows of the quantization table, whole."""
    return [
        [
            "Lab 2",
            "--",
            "float32",
            "5.885",
            "1,470,474",
            "0.9718",
            "2.41 ± 0.05 ms",
            "21.3 ± 0.4 ms",
        ],
        ["Lab 2", "D", "float16", "N/A", "N/A", "N/A", "N/A", "N/A"],
        ["Lab 2", "D", "qint8", "1.481", "1,470,474", "0.9715", "1.12 ± 0.03 ms", "14.9 ± 0.2 ms"],
        ["Lab 2", "S", "qint8", "1.483", "1,470,474", "0.9704", "0.88 ± 0.02 ms", "9.7 ± 0.3 ms"],
    ]


def test_a_row_is_named_by_several_key_columns() -> None:
    """`D` and `qint8` together."""
    table = only(read_tables(document(page(rows([QUANTIZED, *quantized()], QXS))), QUANTIZATION))
    assert [each.id for each in table.rows] == [each.id for each in QUANTIZATION.rows]
    assert texts(table) == quantized()


def test_the_columns_may_stand_in_any_order_with_others_among_them() -> None:
    """A column that the lab does not have is left out."""
    order = [5, 2, 1, 3, 7, 6]
    head = [*(QUANTIZED[n] for n in order), "Speedup"]
    table = [head, *([*(row[n] for n in order), "1.0x"] for row in quantized())]
    found = only(
        read_tables(document(page(rows(table, [40, 100, 160, 200, 260, 350, 450]))), QUANTIZATION)
    )
    assert texts(found) == [[row[n] for n in order] for row in quantized()]


def test_an_index_column_without_a_heading_is_left_out() -> None:
    """As pandas prints it: 3 is no iteration of the row with iteration 4."""
    table = [["", *HEAD], *([str(n), *row] for n, row in enumerate(numbered(1, 6)))]
    found = only(read_tables(document(page(rows(table, [20, *XS]))), PRUNING))
    assert texts(found) == numbered(1, 6)


def test_wrapped_cells_belong_to_the_row_beside_them() -> None:
    """A number that is broken at the end of its cell is one number."""
    table = rows([QUANTIZED, quantized()[0]], QXS)
    first = 100 + PITCH
    table[first] = [
        (x, {"1,470,474": "1,470,4", "2.41 ± 0.05 ms": "2.41 ±"}.get(text, text))
        for x, text in table[first]
    ]
    table[first + 11] = [(QXS[4], "74"), (QXS[6], "0.05 ms")]
    table.update(rows([quantized()[3]], QXS, top=first + 40))
    found = only(read_tables(document(page(table)), QUANTIZATION))
    assert texts(found) == [quantized()[0], quantized()[3]]


def test_a_heading_may_be_wrapped_over_three_lines() -> None:
    """Its words may be broken anywhere."""
    lines = {
        78.0: [(270.0, "Inference")],
        89.0: [(120.0, "Sparsi"), (200.0, "Accura"), (270.0, "latency"), (350.0, "Disk Size")],
        100.0: [
            (50.0, "Iteration"),
            (120.0, "ty (%)"),
            (200.0, "cy"),
            (270.0, "(s)"),
            (350.0, "(MB)"),
        ],
        **rows(numbered(0, 5), XS, top=116),
    }
    assert texts(only(read_tables(document(page(lines)), PRUNING))) == numbered(0, 5)


def test_a_merged_cell_belongs_to_each_of_its_rows() -> None:
    """Lines are drawn around it."""
    table = quantized()
    shown = [QUANTIZED, *([*row] for row in table)]
    lines = rows(shown, QXS)
    second, third = 100 + 2 * PITCH, 100 + 3 * PITCH
    for top in (second, third):
        lines[top] = [(x, text) for x, text in lines[top] if text != "D"]
    lines[(second + third) / 2] = [(QXS[1], "D")]
    found = only(read_tables(document(page(lines, rules=grid(merged=3))), QUANTIZATION))
    assert [each.id for each in found.rows] == [each.id for each in QUANTIZATION.rows]
    assert texts(found) == table


def grid(*, merged: int) -> list[Box]:
    """The lines of a table of five rows; the one above row `merged` leaves the column Q open."""
    edges = [*(x - 4 for x in QXS), 580]
    tops = [100 - 3 + PITCH * n for n in range(6)]
    upright = [Box(x0=x, top=tops[0], x1=x + 1, bottom=tops[-1]) for x in edges]
    level = []
    for number, top in enumerate(tops):
        parts = [(edges[0], edges[1]), (edges[2], edges[-1])] if number == merged else [(36, 580)]
        level += [Box(x0=a, top=top, x1=b, bottom=top + 1) for a, b in parts]
    return [*upright, *level]


def test_a_cell_that_two_columns_could_have_is_not_read() -> None:
    """It stands below two headings: neither gets it."""
    table = rows([HEAD, *numbered(0, 2)], XS)
    table[100 + PITCH] = [(50, "0"), (150, "97.1% or 98.2% of it"), (350, "5.88")]
    row = only(read_tables(document(page(table)), PRUNING)).rows[0]
    assert {name: cell.text for name, cell in row.cells.items()} == {
        "iteration": "0",
        "disk": "5.88",
    }


def test_a_missing_column_is_named() -> None:
    """The others are read."""
    table = [[*row[:3], row[4]] for row in [HEAD, *numbered(0, 20)]]
    found = only(read_tables(document(page(rows(table, [50, 120, 200, 300]))), PRUNING))
    assert found.missing_columns == ("latency",)
    assert len(found.rows) == 21


def test_prose_is_no_table() -> None:
    """It names all columns."""
    lines = {
        100.0: [
            (50.0, "The iteration, the sparsity and the accuracy are below; the latency is not.")
        ],
        116.0: [(50.0, "1 of 20 iterations changed the disk size.")],
    }
    assert read_tables(document(page(lines)), PRUNING) == ()


WITH_TEXT = (
    "gdocs-like",
    "gdocs-narrow",
    "latex-booktabs",
    "latex-grid",
    "notebook-like",
    "pandoc-latex",
    "word-libreoffice",
)


@pytest.mark.parametrize("name", WITH_TEXT)
def test_every_cell_of_the_real_write_ups_is_read(name: str, write_ups: Path) -> None:
    """Four rows of the one table, twice 21 of the other; no other row."""
    truth = json.loads((write_ups / "write-ups" / "truth.json").read_text(encoding="utf-8"))
    read = opened(answer((write_ups / "write-ups" / f"{name}.pdf").read_bytes()), name)
    quantization = only(read_tables(read, QUANTIZATION))
    dashed = [[(text or "").replace("–", "--") for text in row] for row in texts(quantization)]  # noqa: RUF001
    assert dashed == truth["quant"]["rows"]
    pruning = {each.variant: texts(each) for each in read_tables(read, PRUNING)}
    assert pruning == {
        "without-rewinding": truth["imp_no_rewind"]["rows"],
        "with-rewinding": truth["imp_rewind"]["rows"],
    }


def test_both_variants_of_the_real_wide_table_are_read(write_ups: Path) -> None:
    """Latencies too; sparsity and disk size belong to both."""
    truth = json.loads((write_ups / "write-ups" / "truth.json").read_text(encoding="utf-8"))
    path = write_ups / "write-ups" / "wide-imp-pandoc.pdf"
    found = read_tables(opened(answer(path.read_bytes()), path.name), PRUNING)
    for table, key in zip(found, ("imp_no_rewind", "imp_rewind"), strict=True):
        cells = [
            [
                row.cells[each].text
                for each in ("iteration", "sparsity", "accuracy", "latency", "disk")
            ]
            for row in table.rows
        ]
        assert cells == truth[key]["rows"]


@pytest.mark.parametrize(
    ("name", "without_text", "with_pictures"),
    [("scanned", (1, 2, 3, 4), (1, 2, 3, 4)), ("tables-as-screenshots", (), (1, 2, 3))],
)
def test_a_table_in_a_picture_is_not_read(
    name: str, without_text: tuple[int, ...], with_pictures: tuple[int, ...], write_ups: Path
) -> None:
    """Nothing is invented; the pages where it may be are named."""
    path = write_ups / "write-ups" / f"{name}.pdf"
    read = opened(answer(path.read_bytes()), path.name)
    assert read_tables(read, QUANTIZATION) == read_tables(read, PRUNING) == ()
    assert read.pages_without_text == without_text
    assert read.pages_with_large_pictures == with_pictures


def test_a_table_of_named_rows_goes_on_on_the_next_page() -> None:
    """After its first rows, or right after its heading."""
    first, *others = quantized()
    broken = document(
        page(rows([QUANTIZED, first], QXS)), page(rows(others, QXS, top=40), number=2)
    )
    found = only(read_tables(broken, QUANTIZATION))
    assert (texts(found), found.pages) == (quantized(), (1, 2))
    apart = document(
        page(rows([QUANTIZED], QXS, top=700)), page(rows(quantized(), QXS, top=40), number=2)
    )
    assert texts(only(read_tables(apart, QUANTIZATION))) == quantized()


def test_a_text_at_the_edge_of_its_drawn_cell_is_below_a_heading_in_the_middle() -> None:
    """The lines say which column it is in; nothing of the text stands below the heading."""
    edges = [20.0 + 115 * number for number in range(6)]
    heads = ["It.", "Sparsity", "Acc.", "Latency", "Disk"]
    lines = {100.0: [(edge + 45, head) for edge, head in zip(edges, heads, strict=False)]}
    lines |= rows(numbered(0, 4), [edge + 2 for edge in edges[:5]], top=100 + PITCH)
    heights = [97 + PITCH * number for number in range(7)]
    drawn = [Box(x0=x, top=heights[0], x1=x, bottom=heights[-1]) for x in edges]
    drawn += [Box(x0=edges[0], top=y, x1=edges[-1], bottom=y) for y in heights]
    found = only(read_tables(document(page(lines, rules=drawn)), PRUNING))
    assert texts(found) == numbered(0, 4)

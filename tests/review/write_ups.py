"""A small class of write-ups, measured from PDFs and written as `grader grade` writes it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from grader.evaluators.conditions import WriteUpConditions
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.pipeline import measure_one, report_of
from grader.results.folder import PAGES
from grader.results.write import write_results
from grader.sandbox.start import best_isolation
from grader.types import Report
from tests.writeup.pdfs import pdf, text

SIZES = ("5.885", "5.886", "1.481", "1.517")  # MB, as the lab's experiment gives them
WRITERS = ("ada", "ben", "cho")


def write_up_lab() -> WriteUpLab:
    """The shipped lab."""
    lab = load_lab("on-device-2022")
    assert isinstance(lab, WriteUpLab)
    return lab


def first_page(name: str, device: str) -> Callable[[Canvas], None]:
    """A page with the student's name, and answers to some questions."""
    return text(
        f"Lab 4, {name}",
        f"We used a {device} with Ubuntu 22.04.",
        "One challenge was the installation, which failed twice.",
        "We learned that static quantization takes a calibration.",
    )


def table_page(sizes: tuple[str, ...] = SIZES) -> Callable[[Canvas], None]:
    """A page with the table of quantization, one column of text after the other."""
    heads = ("Model", "Q", "dtype", "Size (MB)", "Accuracy", "Latency B1 (ms)", "Latency B64 (ms)")
    names = (("--", "float32"), ("D", "float16"), ("D", "qint8"), ("S", "qint8"))
    rows = [heads]
    for (q, dtype), size in zip(names, sizes, strict=True):
        rows.append(("Lab 2", q, dtype, size, "0.9756", "0.61 +/- 0.02", "9.4 +/- 0.2"))

    def draw(canvas: Canvas) -> None:
        text("Table 1: quantization on the device.")(canvas)
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                canvas.drawString(60 + 72 * across, 690 - 20 * down, cell)

    return draw


def last_page() -> Callable[[Canvas], None]:
    """A page with the rest of the discussion."""
    return text(
        "Compared with the previous lab on an Intel laptop, the board is slower.",
        "Its Cortex cores have NEON, which multiplies vectors of int8.",
    )


def honest(name: str, device: str = "Raspberry Pi 4") -> bytes:
    """A write-up of three pages without a mistake."""
    return pdf(first_page(name, device), table_page(), last_page())


def of_write_ups(out: Path, handed_in: Mapping[str, bytes]) -> tuple[Report, ...]:
    """Write the results of a class to `out`; `handed_in` has the bytes of each student's PDF."""
    lab = write_up_lab()
    conditions = WriteUpConditions(
        lab=lab, isolation=best_isolation(), threads=1, work=out / "work", pages=out / PAGES
    )
    (out / PAGES).mkdir(parents=True)
    (out / "in").mkdir()
    reports = []
    for student, content in handed_in.items():
        source = out / "in" / f"{student}.pdf"
        source.write_bytes(content)
        measured = measure_one(source, conditions, lambda _event: None, student)
        reports.append(report_of(measured, conditions, "2026-01-01T00:00:00+00:00"))
    write_results(reports, lab, out)
    return tuple(reports)


def of_three_write_ups(out: Path) -> tuple[Report, ...]:
    """An honest write-up, one whose float16 network has the size of int8, and one line of text."""
    wrong = ("5.885", "1.515", "1.481", "1.517")
    return of_write_ups(
        out,
        {
            "ada": honest("Ada Lovelace"),
            "ben": pdf(table_page(wrong), first_page("Ben Bitdiddle", "Jetson Nano")),
            "cho": pdf(text("We could not finish.")),
        },
    )

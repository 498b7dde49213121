"""The LMS whose downloads the grader reads, by name."""

from collections.abc import Mapping

from grader.lms.canvas import download as canvas
from grader.lms.gradescope import download as gradescope
from grader.lms.listing import Reader
from grader.lms.moodle import download as moodle

READERS: Mapping[str, Reader] = {
    moodle.NAME: moodle.READER,
    canvas.NAME: canvas.READER,
    gradescope.NAME: gradescope.READER,
}

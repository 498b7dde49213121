"""The LMS whose downloads the grader reads, by name."""

from collections.abc import Mapping

from grader.lms.brightspace import download as brightspace
from grader.lms.canvas import download as canvas
from grader.lms.folders import download as folders
from grader.lms.gradescope import download as gradescope
from grader.lms.ilias import download as ilias
from grader.lms.listing import Reader
from grader.lms.moodle import download as moodle
from grader.lms.sakai import download as sakai

READERS: Mapping[str, Reader] = {
    moodle.NAME: moodle.READER,
    canvas.NAME: canvas.READER,
    gradescope.NAME: gradescope.READER,
    brightspace.NAME: brightspace.READER,
    sakai.NAME: sakai.READER,
    ilias.NAME: ilias.READER,
    folders.NAME: folders.READER,
}

"""The labs of a course as JSON."""

import json

from grader.course.course import Course
from grader.course.grace import is_graded


def render_labs(course: Course) -> str:
    """Return the course and its labs as indented JSON; docs/course.md has its keys."""
    document = {
        "schema_version": 1,
        "title": course.title,
        "zone": course.zone,
        "labs": [
            {
                "id": each.id,
                "lab": each.spec.name,
                "title": each.spec.title,
                "due": due.isoformat() if (due := each.spec.deadline.moment) else None,
                "points": each.points,
                "weight": each.weight,
                "hand_ins": str(each.hand_ins),
                "results": str(each.results),
                "graded": is_graded(each),
            }
            for each in course.labs
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

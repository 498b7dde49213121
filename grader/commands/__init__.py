"""The commands, one file each, named as they are typed; a file is imported when it is typed."""

from collections.abc import Mapping

# What `grader --help` says of each, in its order; it is the first line of the command's own help.
COMMANDS: Mapping[str, str] = {
    "check": "Check one hand-in before it is handed in.",
    "pack": "Make the zip to hand in from a working folder, or list the missing files.",
    "grade": "Grade hand-ins and write the class's results.",
    "review": "Mark what the machine cannot, on a page of this machine, until Ctrl-C.",
    "marks": "Marks as a sheet, for those who prefer one.",
    "rescore": "Score a class again by a changed lab file, from what was measured of it.",
    "diff": "Compare points, verdicts, figures and file hashes of two results folders by student.",
    "similar": "List pairs and groups that share tensors, kept channels or answers, with the "
    "evidence.",
    "leaderboard": "Write leaderboard.html, the class ranked by the formula's points, to publish.",
    "export": "Export results to an LMS or CI.",
    "gradescope": "This grader as a Gradescope autograder.",
    "device": "List, probe, time and trust devices.",
    "lab": "The labs this grader knows.",
    "data": "The test set.",
    "doctor": "Show what this machine has for grading, what is missing, and how to install it.",
    "view": "Show a hand-in's rebuilt network in Netron until Ctrl-C.",
}

"""The commands, one module each, named as typed; a module is imported when it is typed."""

from collections.abc import Mapping

# The lines of `grader --help`, in its order; each is the first line of the command's own help.
COMMANDS: Mapping[str, str] = {
    "check": "Check a hand-in before you hand it in.",
    "pack": "Make the zip to hand in from a working folder, or say what is missing.",
    "grade": "Grade hand-ins and write the results of the class.",
    "review": "Serve a page on which people mark answers, until Ctrl-C.",
    "marks": "Export marks to a CSV sheet, and import them.",
    "rescore": "Score a class again with a changed lab file, from the stored measurements.",
    "diff": "Compare two results folders: points, verdicts, figures and bytes, student by student.",
    "similar": "List pairs and groups that share tensors, kept channels or answers, with the "
    "evidence.",
    "leaderboard": "Write leaderboard.html: the class by the formula's points, to be handed out.",
    "export": "Results as an LMS or CI takes them.",
    "gradescope": "This grader as Gradescope's autograder.",
    "device": "List, probe, time and trust devices.",
    "lab": "List, show, check and create labs.",
    "data": "The test set.",
    "doctor": "Show what this machine offers to grade with, what is missing, and how to get it.",
    "view": "Open a hand-in's rebuilt network in Netron, until Ctrl-C.",
}

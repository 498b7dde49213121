"""The commands by name, with their help lines; a module is imported when it is typed."""

from collections.abc import Mapping

# The lines of `grader --help`, in its order; each is the first line of the command's own help.
COMMANDS: Mapping[str, str] = {
    "check": "Check a hand-in before you hand it in.",
    "pack": "Make the zip to hand in from a working folder, or list the missing files.",
    "grade": "Grade hand-ins and write the results of the class.",
    "measure": "Measure hand-ins into records, on this machine, for `grader grade --records`.",
    "remove": "Take one student out of a class; a copy of the files is kept.",
    "review": "Serve a page on which people mark answers, until Ctrl-C.",
    "marks": "Export marks to a CSV sheet, import them, and list the remarks.",
    "rescore": "Score a class again with a changed lab file, from the stored measurements.",
    "diff": "Compare points, statuses, figures and file hashes of two results folders by student.",
    "similar": "List pairs and groups that share weights, mistakes or answers, with the evidence.",
    "stats": "Show mean, median, distribution and discrimination by question, times and failures.",
    "leaderboard": "Write leaderboard.html, the class ranked by the formula's points, to publish.",
    "export": "Export results to an LMS or CI.",
    "gradescope": "This grader as a Gradescope autograder.",
    "device": "List, probe, time and trust devices.",
    "init": "Make a course folder with a commented course.toml.",
    "course": "Check course.toml, and compute the totals of the term.",
    "lab": "List, show, check and create labs.",
    "data": "The data sets: the test set, and those of experiments.",
    "experiment": "Run a lab's own experiment as the reference, and show its table and plots.",
    "doctor": "Show what this machine has for grading, what is missing, and how to install it.",
    "view": "Show a hand-in's rebuilt network in Netron until Ctrl-C.",
}

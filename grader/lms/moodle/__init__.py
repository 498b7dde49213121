"""Moodle: its download of submissions, its grading worksheet and feedback files."""

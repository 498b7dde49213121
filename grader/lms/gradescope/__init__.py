"""Gradescope: its download of submissions, its results.json and its autograder."""

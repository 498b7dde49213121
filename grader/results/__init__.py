"""Writes a results folder, and reads it back."""

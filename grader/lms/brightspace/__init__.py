"""Brightspace (D2L): its download of submissions."""

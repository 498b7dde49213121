"""Sakai: its download of submissions."""

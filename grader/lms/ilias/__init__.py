"""ILIAS: its download of submissions."""

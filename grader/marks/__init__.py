"""Marks that people give: their database, the sheet, and their effect on a report."""

"""What people gave: marks with their history, the sheet, and what they do to a report."""

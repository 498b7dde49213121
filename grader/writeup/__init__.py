"""What is found in a write-up: a PDF with text, tables and plots."""

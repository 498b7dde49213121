"""What is written below a results folder, and read back from it."""

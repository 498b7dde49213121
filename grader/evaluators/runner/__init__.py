"""The student's own runner: what kind of program it is, run here or on a device, and judged."""

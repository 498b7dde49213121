"""Which hand-ins of a class are alike beyond what the task makes so; nothing is scored from it."""

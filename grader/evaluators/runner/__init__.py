"""The student's own runner: its file type, its run here or on a device, and the judgement."""

"""All code that runs inside the sandbox, and nothing else: each module is started as a program."""

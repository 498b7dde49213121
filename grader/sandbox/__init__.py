"""Child processes in which a hand-in's files are read and its programs run.

`start` and the modules beside it run outside, `child` is all that runs inside. Nothing is imported
here, because every child imports this package.
"""

"""The reference solution of the lab "Prune MobileNet": from nothing to a hand-in, resumable."""

"""Trains, prunes and exports the reference solution of the lab "Prune MobileNet"; resumable."""

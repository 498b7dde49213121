"""Points: the formula, the items, lateness, and where the next point is cheapest."""

"""The boards that programs run on: their pool, connections to them, and what is known of each."""

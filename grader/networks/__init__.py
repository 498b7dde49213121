"""From an untrusted checkpoint to our own network of the same widths and weights."""

"""Runs networks: in eager PyTorch, as an XNNPACK program, and exactly as the lab's loop."""

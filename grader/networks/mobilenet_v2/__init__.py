"""MobileNetV2, channel-pruned: recognised, rebuilt, lowered."""

"""What the desk has on paper."""

"""A booking's life: made, found, changed, answered for, ended."""

"""Every message is a row before it is a letter."""

"""Who works here, and who is at the keyboard."""

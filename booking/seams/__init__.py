"""The production versions of what is passed in: the clock and the sending of mail."""

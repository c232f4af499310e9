"""The book of a day, a week and a month, and what is done to it from there."""

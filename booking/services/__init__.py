"""Use cases: a session and `now` come in; nothing commits here."""

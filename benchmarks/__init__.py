"""How fast the program is, beside a bare Flask route on the same server: `make bench`."""

"""What staff do for themselves: signing in and out, their account, a new password."""

from booking.web.staff import account, signing_in
from booking.web.staff.blueprint import blueprint

__all__ = ["VIEWS", "blueprint"]

# Importing them is what puts their routes on the blueprint.
VIEWS = (signing_in, account)

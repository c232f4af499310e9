"""The administrator's pages: how the clinic is set up, without a developer."""

"""DOORS: the only code that talks to a network; raw payloads never leave it."""

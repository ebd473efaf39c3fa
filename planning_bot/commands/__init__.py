"""VERBS: one file for each command; a command gathers, decides and concludes, and has no other logic."""

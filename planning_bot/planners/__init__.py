"""DECISIONS: a snapshot and the team's rules in, a plan out. No I/O, no clock, no logging."""

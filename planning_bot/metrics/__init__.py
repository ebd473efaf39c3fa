"""ARITHMETIC: what is counted and measured, by the rules of the team's configuration, and nothing else."""

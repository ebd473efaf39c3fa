"""WORDS: facts into text, for GitLab, Slack, a terminal, a table. No I/O but reading templates."""

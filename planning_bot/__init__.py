"""planning-bot plans GitLab milestones: issues, boards, capacity, deliverables and Say/Do."""

__version__ = "0.1.0"

"""A pretend GitLab, Google Sheets and Slack over real HTTP on loopback, for ``demo``, ``sandbox`` and tests.

It is as small as they allow, models them where they are nasty, refuses with 501 what it does not know, and
shares no code with the rest of the program, so that a mistake on one side is seen by the other.
"""

from planning_bot.sandbox.faults import Fault
from planning_bot.sandbox.seeding import Gitlab
from planning_bot.sandbox.server import Request, Sandbox
from planning_bot.sandbox.sheets import Sheets
from planning_bot.sandbox.slack import Slack

__all__ = ["Fault", "Gitlab", "Request", "Sandbox", "Sheets", "Slack"]

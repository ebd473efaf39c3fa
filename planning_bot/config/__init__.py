"""The configuration: what teams write into ``config/planning-bot.yml``, read strictly."""

from planning_bot.config.capacity import (
    Capacity,
    CapacitySheet,
    CsvSource,
    IcsSource,
    PtoSource,
    Rotation,
    SecretAddress,
    SheetSource,
    SheetTab,
)
from planning_bot.config.file import Config, Gitlab, Sheets, Slack
from planning_bot.config.loader import load, read
from planning_bot.config.people import Member, TeamGitlab
from planning_bot.config.planning import Board, Milestones, PlanningIssue
from planning_bot.config.rules import Close, Deliverables, Limits, SayDo, Status, Weights
from planning_bot.config.schedule import When
from planning_bot.config.schema import json_schema
from planning_bot.config.team import Team

__all__ = [
    "Board",
    "Capacity",
    "CapacitySheet",
    "Close",
    "Config",
    "CsvSource",
    "Deliverables",
    "Gitlab",
    "IcsSource",
    "Limits",
    "Member",
    "Milestones",
    "PlanningIssue",
    "PtoSource",
    "Rotation",
    "SayDo",
    "SecretAddress",
    "SheetSource",
    "SheetTab",
    "Sheets",
    "Slack",
    "Status",
    "Team",
    "TeamGitlab",
    "Weights",
    "When",
    "json_schema",
    "load",
    "read",
]

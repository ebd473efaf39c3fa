"""Values for the pure tests, complete and valid: a test names only what it is about.

The milestones are those of the field guide, with `18.10` in their midst.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from planning_bot.config import Config, Team
from planning_bot.domain.change import CreateIssue, EditIssue, WriteNote, resolved
from planning_bot.domain.issue import Board, Issue, Label, User
from planning_bot.domain.milestone import Calendar, DatedMilestone, Milestone
from planning_bot.domain.sections import append_sections, replace_section
from planning_bot.domain.snapshot import PLANNING_ISSUE, PlanningProject, Snapshot, find_owned
from planning_bot.rendering.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Fate, Present
    from planning_bot.domain.plan import Plan

GROUP, PROJECT = "acme/search", "acme/search/planning"
BOT, PM, EM, STRANGER = "planning-bot", "mira", "tomas", "zed"
TODAY = date(2026, 1, 31)

FIELD_GUIDE = {
    "18.8": ("2025-12-13", "2026-01-09", 20),
    "18.9": ("2026-01-10", "2026-02-13", 25),
    "18.10": ("2026-02-14", "2026-03-13", 20),
    "18.11": ("2026-03-14", "2026-04-10", 20),
    "19.0": ("2026-04-11", "2026-05-15", 25),
    "19.2": ("2026-06-13", "2026-07-10", 20),
    "19.3": ("2026-07-11", "2026-08-14", 25),
    "19.6": ("2026-10-10", "2026-11-13", 25),
    "19.7": ("2026-11-14", "2026-12-11", 20),
    "19.8": ("2026-12-12", "2027-01-15", 25),
}
"""Title, first day, last day and weekdays of milestones, as the field guide has them."""

_DATES = {**{title: days[:2] for title, days in FIELD_GUIDE.items()}, "18.1": ("2025-06-14", "2025-07-11")}
_TITLES = ("18.1", "18.8", "18.9", "18.10", "18.11", "Backlog", "Next 1-3 releases")


def number_of(name: str) -> int:
    """Give the id that a thing of this name always has."""
    return crc32(name.encode()) % 100_000 + 1


def milestone(title: str = "18.10", start: str | None = None, due: str | None = None, *, number: int = 0) -> Milestone:
    first, last = (start, due) if start or due else _DATES.get(title, (None, None))
    number = number or number_of(title)
    return Milestone(
        id=number,
        title=title,
        start_on=date.fromisoformat(first) if first else None,
        due_on=date.fromisoformat(last) if last else None,
        web_url=f"https://gitlab.test/groups/acme/-/milestones/{number}",
    )


def dated(title: str = "18.10") -> DatedMilestone:
    found = milestone(title)
    assert found.start_on
    assert found.due_on
    return DatedMilestone(found.id, found.title, found.start_on, found.due_on, found.web_url)


def calendar(*milestones: Milestone, pattern: str = r"\d+\.\d+") -> Calendar:
    return Calendar(milestones or tuple(map(milestone, _TITLES)), pattern)


def user(username: str = PM) -> User:
    return User(number_of(username), username, username.title())


def label(name: str = "Planning Issue") -> Label:
    return Label(number_of(name), name)


def issue(iid: int = 12, **parts: Any) -> Issue:
    whole = Issue(
        id=9000 + iid,
        iid=iid,
        project_id=7,
        reference=f"{PROJECT}#{iid}",
        web_url=f"https://gitlab.test/{PROJECT}/-/issues/{iid}",
        title="Search 18.10 Planning",
        description="",
        state="opened",
        author=BOT,
        labels=frozenset({"Planning Issue"}),
        milestone_id=number_of("18.10"),
        milestone="18.10",
        assignees=(),
        confidential=False,
        created_at=datetime(2026, 1, 31, 9, tzinfo=UTC),
    )
    return replace(whole, **parts)


def board(name: str = "Search: Planning 18.10", number: int = 31) -> Board:
    url = f"https://gitlab.test/groups/{GROUP}/-/boards/{number}"
    return Board(number, name, url, number_of("18.10"), "18.10", frozenset({"group::search"}), ())


def team(**settings: Any) -> Team:
    """Give the team `search`, as a configuration of these settings makes it."""
    return _team(json.dumps(settings))


@cache
def _team(settings: str) -> Team:
    raw = {
        "name": "Search",
        "gitlab": {"group": GROUP, "label": "group::search"},
        "product_manager": PM,
        "engineering_manager": EM,
        "members": [{"username": "ana", "name": "Ana Ferreira"}, {"username": "kenji", "name": "Kenji Sato"}],
        "planning_issue": {"project": PROJECT},
        **json.loads(settings),
    }
    file = {"gitlab": {"url": "https://gitlab.test"}, "teams": {"search": raw}}
    return Config.of(file, Path("config/planning-bot.yml")).team("search")


@cache
def words() -> Templates:
    """Give the templates that are shipped."""
    return Templates(Path("no-such-folder"))


class Unrecorded:
    """Who writes nothing down of a delivery."""

    def intends(self, number: int, change: Change, present: Present) -> None:
        """Let it pass."""

    def tells(self, number: int, change: Change, fate: Fate) -> None:
        """Let it pass."""


class PlainWords:
    """Words in the place of templates, as few as show what a text was made from."""

    def render(self, name: str, facts: Mapping[str, Any], sections: Mapping[str, str] | None = None) -> str:
        """Name the template, and what of the facts it shows."""
        title = facts["milestone"]["title"]
        if sections:
            return "\n\n".join(sections.values())
        match name:
            case "section_links.md.j2":
                before, after = (f"[{a.text}]({a.url})" if (a := facts[k]) else "-" for k in ("previous", "next"))
                boards = ", ".join(f"[{a.text}]({a.url})" for a in facts["boards"]) or "-"
                return f"{before} < {title} > {after}; boards: {boards}"
            case "section_pending.md.j2":
                return f"{facts['command']} on {facts['when']}"
            case _:
                return f"{name.removesuffix('.md.j2')} of {title}"

    def message(self, name: str, facts: Mapping[str, Any]) -> str:
        """Name the template of a message."""
        return f"{name.removesuffix('.mrkdwn.j2')} of {facts['milestone']['title']}"

    def line(self, source: str, facts: Mapping[str, Any]) -> str:
        """Fill a title with the two names that the tests' titles have in them."""
        filled = source.replace("{{ team.name }}", facts["team"].name)
        return filled.replace("{{ milestone.title }}", facts["milestone"]["title"])


def snapshot(**parts: Any) -> Snapshot:
    whole: dict[str, Any] = {
        "today": TODAY,
        "milestone": dated(),
        "calendar": calendar(),
        "me": user(BOT),
        "labels": {"Planning Issue": label()},
        "people": {PM: user(PM), EM: user(EM)},
    }
    return Snapshot(**{**whole, **parts})


@dataclass(frozen=True)
class World:
    """A planning project to which plans are applied in memory: what a second run sees is what the first one did."""

    issues: tuple[Issue, ...] = ()
    notes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def seen(self, title: str = "18.10", **parts: Any) -> Snapshot:
        """Look at it for a milestone."""
        owned = find_owned(self.issues, self.notes, "search", {BOT, PM, EM})
        return snapshot(milestone=dated(title), planning=PlanningProject(self.issues, owned), **parts)

    def after(self, plan: Plan) -> World:
        """Carry a plan out, as GitLab would."""
        world, addresses = self, {}
        for change in plan.changes:
            world = world._after_one(resolved(change, addresses))
            if change.gives == PLANNING_ISSUE:
                addresses[PLANNING_ISSUE] = world.issues[-1].web_url
        return world

    def with_issue(self, iid: int, **parts: Any) -> World:
        """Have a person change an issue."""
        return replace(self, issues=tuple(replace(i, **parts) if i.iid == iid else i for i in self.issues))

    def _after_one(self, change: Any) -> World:
        match change:
            case CreateIssue(after=draft):
                new = issue(
                    iid=max((known.iid for known in self.issues), default=0) + 1,
                    title=draft.title,
                    description=draft.description,
                    labels=frozenset(draft.labels),
                    milestone_id=draft.milestone.id,
                    milestone=draft.milestone.name,
                    assignees=tuple(user(person.name) for person in draft.assignees),
                )
                return replace(self, issues=(*self.issues, new))
            case EditIssue():
                edited = tuple(_edited(i, change) if i.reference == change.target else i for i in self.issues)
                return replace(self, issues=edited)
            case WriteNote():
                mine = (*self.notes.get(change.target, ()), (BOT, change.after))
                return replace(self, notes={**self.notes, change.target: mine})
        raise AssertionError(change)


def _edited(old: Issue, change: EditIssue) -> Issue:
    after, description = change.after, old.description
    for name, text in after.sections.items():
        description = replace_section(description, name, text or "")
    description = append_sections(description, {name: text or "" for name, text in after.sections.items()})
    placed = {"milestone_id": after.milestone.id, "milestone": after.milestone.name} if after.milestone else {}
    added = set(after.labels) - set(change.before.labels)
    return replace(old, labels=old.labels | added, description=description, **placed)

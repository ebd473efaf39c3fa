"""A session is what a command gets for one team: it gathers, and it concludes.

Without permission to write it owns no writing door; nothing below it knows of dry runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.delivery import check_limits, deliver
from planning_bot.domain.ledger import end_of_day
from planning_bot.domain.message import Spot
from planning_bot.domain.plan import Outcome, Plan, joined
from planning_bot.domain.run import Mode, TeamReport
from planning_bot.domain.say_do import freeze_of
from planning_bot.errors import PlanningBotError, ServerError
from planning_bot.gathering import gather
from planning_bot.gathering.attendance import away_in_week, look_at_attendance
from planning_bot.gathering.deliverables import accounts, look_at_choice, once_moved
from planning_bot.gathering.diary import look_at_diary
from planning_bot.gathering.planning_project import find_issue, trusted_authors
from planning_bot.gathering.progress import look_around
from planning_bot.gathering.promises import look_back
from planning_bot.gathering.readiness import look_at_candidates, waiting_since
from planning_bot.gathering.titles import titles_to_tell
from planning_bot.gathering.undo import look_at_edited
from planning_bot.gathering.unfinished import look_at_unfinished
from planning_bot.planners.capacity import Tab
from planning_bot.planners.daily_run import failures_of, plan_alarm
from planning_bot.planners.deliverables import Prospects, new_assignee, overflow, overflow_target
from planning_bot.planners.facts import basic_facts, missed_label
from planning_bot.planners.messages import Outlet
from planning_bot.planners.readiness import Waiting, waiting_for_review
from planning_bot.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planning_bot.config import Config, Team
    from planning_bot.domain.absence import Absence
    from planning_bot.domain.change import Change
    from planning_bot.domain.delivered import Door
    from planning_bot.domain.diary import Diary, Page
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.journal import TeamJournal
    from planning_bot.domain.plan import TeamPlan
    from planning_bot.domain.results import ApplyResult, Result
    from planning_bot.domain.run import Options
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.doors import Doors
    from planning_bot.gateways.gitlab_reader import GitLabReader
    from planning_bot.gateways.journal_file import JournalFile
    from planning_bot.gathering import Looks
    from planning_bot.metrics.candidates import Seen as Choice
    from planning_bot.metrics.deliverables import Deliverables
    from planning_bot.metrics.history import LookBack
    from planning_bot.metrics.readiness import Seen
    from planning_bot.metrics.status import Around
    from planning_bot.metrics.team_capacity import Attendance
    from planning_bot.planners.close import Left
    from planning_bot.planners.undo import Edited
    from planning_bot.rendering.templates import Templates


@dataclass(frozen=True)
class Voice:
    """How a session speaks with whoever started it: it shows progress, asks before it writes, and says what stays."""

    progress: Callable[[str], None]
    agrees: Callable[[TeamReport], bool]
    say: Callable[[str], None]


@dataclass(frozen=True)
class Session:
    """One command for one team."""

    team: Team
    config: Config
    options: Options
    today: date
    words: Templates
    doors: Doors
    voice: Voice
    journal: JournalFile

    @property
    def usernames(self) -> tuple[str, ...]:
        """The members of all teams that the command line asks for."""
        return tuple(name for team in self.config.select(self.options.teams) for name in team.usernames)

    @property
    def reader(self) -> GitLabReader:
        """The door through which GitLab is read."""
        return self.doors.gitlab

    def gather(self, looks: Looks) -> Snapshot:
        """Read everything that the command decides about, before the first write."""
        self.voice.progress(f"{self.team.key}: reading {self.team.gitlab.group}")
        return gather(self.team, self.reader, self.options.milestone, self.today, looks)

    def look_at_candidates(self, snapshot: Snapshot) -> Seen:
        """Look closer at the candidates: what blocks them, and what lacks the team's label."""
        self.voice.progress(f"{self.team.key}: looking at the candidates of {snapshot.milestone.title}")
        return look_at_candidates(self.team, self.reader, snapshot)

    def waiting(self, snapshot: Snapshot) -> Waiting:
        """Look at what waits for a review, and at who is there to give one."""
        issues = waiting_for_review(snapshot, self.team)
        if not issues:
            return Waiting({})
        week = (self.today, self.today + timedelta(days=6))
        away = away_in_week(self.team, self.config, self.doors, *week)
        return Waiting(waiting_since(self.team, self.reader, issues), issues, away)

    def attendance(self, snapshot: Snapshot, tried: tuple[Absence, ...] = ()) -> Attendance:
        """Look at who is away when; `tried` are absences that are only tried."""
        self.voice.progress(f"{self.team.key}: reading time off")
        return look_at_attendance(self.team, self.config, self.doors, snapshot, tried)

    def tab(self, snapshot: Snapshot) -> Tab | None:
        """Look at the tab of the Sheet that capacity goes to; None where the team has none."""
        sheet = self.team.capacity.sheet
        if sheet is None:
            return None
        name = self.words.line(sheet.tab, basic_facts(self.team, snapshot.milestone))
        try:
            return Tab(sheet.key, name, self.doors.sheets.grid(sheet.key, name))
        except ServerError as error:
            # What GitLab gets does not wait for the Sheet: the write is tried, and says what is wrong.
            return Tab(sheet.key, name, None, f"it could not be read: {error.message}")

    def spot(self, channel: str | None, key: str, since: date | None = None) -> Spot | None:
        """Look for a message in a Slack channel; None where no channel is configured."""
        if channel is None:
            return None
        try:
            slack = self.doors.slack
            found = slack.posted(channel, key, since)
            return Spot(channel, key, since, found[0] if found else None, slack.may_upload, times=len(found))
        except PlanningBotError as error:
            # What GitLab gets does not wait for Slack: the message is tried, and says what is wrong.
            return Spot(channel, key, since, trouble=f"it could not be read: {error.message}: {error.hint}")

    @property
    def now(self) -> datetime:
        """The present; with `--today` the end of that day, if it has passed."""
        return min(datetime.now(UTC), end_of_day(self.today, self.team.zone))

    def look_back(self, snapshot: Snapshot, *, history: bool = True) -> LookBack:
        """Look at what was promised in the milestone and in those before it, and at what happened since."""
        self.voice.progress(f"{self.team.key}: reading what happened in {snapshot.milestone.title}")
        missed = partial(missed_label, self.team, self.words)
        return look_back(self.team, self.reader, snapshot, self.now, missed, history=history)

    def look_around(self, snapshot: Snapshot, look: LookBack) -> Around:
        """Look at what blocks the deliverables, and at who is away until the end."""
        return look_around(self.team, self.config, self.doors, look, snapshot.milestone, self.today)

    def look_at_choice(self, snapshot: Snapshot) -> Choice:
        """Look at what the choice among the candidates rests on: what blocks them, where they slipped."""
        self.voice.progress(f"{self.team.key}: looking at the candidates of {snapshot.milestone.title}")
        missed = partial(missed_label, self.team, self.words)
        return look_at_choice(self.team, self.reader, snapshot, self.now, missed)

    def prospects(self, snapshot: Snapshot, chosen: Deliverables) -> Prospects:
        """Look at what the choice needs: accounts to assign, and what of the overflow somebody moved back."""
        frozen = freeze_of(snapshot.milestone, self.team.say_do.commit_day, self.team.zone) < self.now
        names = {name for picked in chosen.selected if (name := new_assignee(picked, self.team))}
        target = None if frozen else overflow_target(snapshot, self.team)
        going = [left.issue for left in overflow(chosen, self.team)] if target else []
        back = once_moved(self.reader, going, target.id) if target else frozenset()
        return Prospects(frozen, accounts(self.reader, names), back)

    def look_at_unfinished(self, snapshot: Snapshot, look: LookBack) -> Left:
        """Look at what the milestone left unfinished."""
        return look_at_unfinished(self.team, self.reader, snapshot, look)

    def outlet(self, snapshot: Snapshot, look: LookBack, kind: str, channel: str | None, week: str = "") -> Outlet:
        """Look at where a message goes, whether it stands there already, and which titles it may tell."""
        key = " ".join(filter(None, (kind, self.team.key, str(snapshot.milestone.id), week)))
        spot = self.spot(channel, key, snapshot.milestone.start_on)
        issues = tuple(part.issue for trail in look.ledger.trails if trail.was_looked_into for part in trail.parts)
        titles = titles_to_tell(self.team, self.reader, issues) if spot else {}
        return Outlet(spot, titles, {issue.reference: issue.web_url for issue in issues})

    def look_at_diary(self) -> Diary:
        """Look at the milestones around today, and at what was done for them already."""
        self.voice.progress(f"{self.team.key}: looking at what was done")
        return look_at_diary(self.team, self.reader, self.today)

    def lacks_commitment(self, page: Page) -> bool:
        """Whether a milestone runs, its plan is frozen, and nobody has written down yet what was committed."""
        milestone = page.milestone
        is_frozen = freeze_of(milestone, self.team.say_do.commit_day, self.team.zone) < self.now
        return is_frozen and self.today <= milestone.due_on and page.record.commitment is None

    def about(self, milestone: str) -> Session:
        """Give the session for another milestone of the same run."""
        return replace(self, options=replace(self.options, milestone=milestone))

    def look_at_edited(self, journal: TeamJournal) -> dict[str, Edited]:
        """Look at what became of what a run edited."""
        self.voice.progress(f"{self.team.key}: looking at what became of what was done")
        return look_at_edited(self.reader, journal)

    def find_issue(self, reference: str) -> Issue:
        """Find an issue of the planning project that the command line names."""
        return find_issue(self.team, self.reader, reference)

    def conclude(self, snapshot: Snapshot | None, result: Result, plan: Plan) -> TeamReport:
        """Carry the plan out, if that was asked for, or else report it; without a snapshot it is of no milestone."""
        plan = joined(plan, Plan(notices=snapshot.doubles)) if snapshot else plan
        return self.carry_out(TeamReport(self.team.key, snapshot.milestone if snapshot else None, result, plan))

    def carry_out(self, planned: TeamReport) -> TeamReport:
        """Carry a report's plan out, if that was asked for, or else give the report as it is."""
        assert planned.plan
        if self.options.mode is Mode.PRINT:
            return planned
        if not planned.plan.changes:
            return replace(planned, outcome=Outcome())
        if self.options.mode is Mode.ASK and not self.voice.agrees(planned):
            return planned
        if not self.options.force:
            check_limits(planned.plan, self.team.limits)
        return self._delivered(planned, self.options.command)

    def apply(self, planned: TeamPlan, result: ApplyResult) -> TeamReport:
        """Carry a saved plan out, as it stands."""
        report = TeamReport(self.team.key, planned.milestone, result, planned.plan)
        return report if self.options.mode is Mode.PRINT else self._delivered(report, result.command)

    def remember(self, plan: Plan) -> Outcome | None:
        """Write down what was done, if there is anything to write, and this run may."""
        if not plan.changes or self.options.mode is Mode.PRINT:
            return None
        return self._delivered(TeamReport(self.team.key, plan=plan), self.options.command).outcome

    def raise_alarm(self, report: TeamReport) -> None:
        """Tell the team's channel what failed; what keeps this from it is said here, and changes nothing else."""
        self.voice.progress(f"{self.team.key}: telling of what failed")
        key = f"run {self.team.key} {self.today}"
        failures = [(what, redact(why)) for what, why in failures_of(report)]
        plan = plan_alarm(
            self.team, self.words, self.spot(self.team.status.channel, key, self.today), failures, self.today
        )
        if not plan.changes:
            return
        try:
            # It goes to Slack alone, and so whatever is wrong with GitLab: nobody's name is asked for there.
            alarm = self._delivered(TeamReport(self.team.key, plan=plan), self.options.command, me="")
        except PlanningBotError as error:
            self.voice.say(f"{self.team.key}: {error.sentence}")
            return
        assert alarm.outcome
        for remark in (*alarm.outcome.failed, *alarm.outcome.unknown):
            self.voice.say(f"{self.team.key}: {remark.target} could not be told: {remark.because}")

    def _delivered(self, report: TeamReport, command: str, me: str | None = None) -> TeamReport:
        """Carry a plan out, with a journal of it; what the journal lacks is said, as `undo` will not know of it."""
        assert report.planned
        plan, me = report.planned.plan, self.reader.me().username if me is None else me
        recorder = self.journal.record(report.planned, self.team.gitlab.group, me, command)
        door = self.doors.writer(me, trusted_authors(self.team, me))
        delivery = deliver(plan, door, self.doors.connection.together, self._announce, recorder)
        if self.journal.trouble:
            lack = f"{self.journal.trouble}; what it does not hold, undo cannot take back"
            plan = plan.model_copy(update={"notices": (*plan.notices, lack)})
        result = report.result and report.result.after(delivery.created)
        return replace(report, result=result, plan=plan, outcome=delivery.outcome)

    def door(self) -> Door:
        """The door through which this team's changes go."""
        me = self.reader.me().username
        return self.doors.writer(me, trusted_authors(self.team, me))

    def _announce(self, change: Change) -> None:
        self.voice.progress(f"{self.team.key}: {change.kind.replace('_', ' ')} {change.target}")

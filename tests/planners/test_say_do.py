"""What `say-do` tells in Slack: once for a milestone, with the titles that may be told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planning_bot.domain.change import PostMessage
from planning_bot.domain.ledger import Ledger
from planning_bot.domain.message import Posted, Spot
from planning_bot.domain.record import Record
from planning_bot.domain.say_do import Span
from planning_bot.metrics.history import LookBack
from planning_bot.planners.messages import Outlet
from planning_bot.planners.say_do import plan_say_do
from tests.builders import dated, label, snapshot, team, words
from tests.histories import instant, tale

if TYPE_CHECKING:
    from planning_bot.domain.ledger import IssueHistory
    from planning_bot.domain.plan import Plan

SPOT = Spot("C1", "say-do search 1")
PROMISED = ("01-20 +group::search @18.10 w2", "02-10 +Deliverable")
HISTORIES = (
    tale(*PROMISED, "03-05 close", iid=1, title="Done & <!channel>"),
    tale(*PROMISED, iid=2, title="Open"),
    tale(*PROMISED, iid=3, title="Secret", confidential=True),
)


def planned(
    *histories: IssueHistory, spot: Spot | None = SPOT, now: str = "06-01", **drawn: Any
) -> tuple[Plan, list[PostMessage]]:
    rules = team(say_do={"channel": "C1"})
    span = Span.of(dated(), 2, rules.zone, instant(now), "missed:18.10")
    look = LookBack(span, Record(), (), Ledger(histories, {"Deliverable": label("Deliverable")}))
    titles = {h.issue.reference: h.issue.title for h in histories if not h.issue.confidential}
    outlet = Outlet(spot, titles, {h.issue.reference: h.issue.web_url for h in histories})
    seen = snapshot(labels={"Deliverable": label("Deliverable")})
    _, plan = plan_say_do(seen, rules, words(), look, outlet, drawn.get("draw", lambda *_: None))
    return plan, [change for change in plan.changes if isinstance(change, PostMessage)]


def test_the_message_says_what_was_promised_what_was_done_and_what_was_not() -> None:
    _, (message,) = planned(*HISTORIES)
    first, target, *lists = message.after.blocks
    assert first == "*Search 18.10: Say/Do 33 %*, 1 of 3"
    assert target == "The target is 80 %. 0 were added after the freeze."
    assert [block.split("\n")[0] for block in lists] == ["*Promised, and not done: 2*", "*Done: 1*"]
    assert message.after.text == first


def test_titles_are_data_and_those_that_are_withheld_stand_nowhere() -> None:
    _, (message,) = planned(*HISTORIES)
    text = "\n".join(message.after.blocks)
    assert "Done &amp; &lt;!channel&gt;" in text
    assert "Secret" not in text
    assert "acme/search/planning#3>" in text


def test_what_stands_there_already_is_not_posted_again() -> None:
    _, (message,) = planned(*HISTORIES)
    posted = replace(SPOT, posted=Posted(ts="1.2", digest=message.after.digest))
    assert planned(*HISTORIES, spot=posted)[1] == []


def test_other_numbers_are_put_in_the_place_of_the_old_ones() -> None:
    posted = replace(SPOT, posted=Posted(ts="1.2", digest="other"))
    _, (message,) = planned(*HISTORIES, spot=posted)
    assert message.before == posted.posted


def test_of_a_milestone_that_runs_nothing_is_posted() -> None:
    assert planned(*HISTORIES, now="03-01")[1] == []


def test_without_a_channel_there_is_no_message() -> None:
    assert planned(*HISTORIES, spot=None)[1] == []


def test_where_nothing_was_promised_the_message_says_so() -> None:
    _, (message,) = planned()
    assert message.after.text == "*Search 18.10: nothing was promised, so there is no Say/Do*"

"""How often a piece of work slipped."""

from __future__ import annotations

from planning_bot.domain.ledger import IssueHistory, Ledger
from planning_bot.domain.say_do import Span
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.slippage import measure_slips
from tests.builders import dated, team
from tests.histories import instant, tale


def slips(*histories: IssueHistory) -> dict[str, tuple[str, ...]]:
    rules, ledger = team(), Ledger(histories)
    spans = [
        Span.of(dated(title), 2, rules.zone, instant("06-01"), f"missed:{title}") for title in ("18.8", "18.9", "18.10")
    ]
    return dict(measure_slips(ledger, spans, PlanRules.of(rules, ledger)))


def test_work_that_was_in_the_plan_and_open_at_two_cut_offs_slipped_twice() -> None:
    told = tale("2025-12-01 +group::search @18.9 +Deliverable", "02-14 @18.10", "05-01 @18.11")
    assert slips(told) == {told.issue.reference: ("18.9", "18.10")}


def test_work_that_was_done_did_not_slip() -> None:
    assert slips(tale("2025-12-01 +group::search @18.9 +Deliverable", "02-10 close")) == {}


def test_work_that_was_no_deliverable_did_not_slip() -> None:
    assert slips(tale("2025-12-01 +group::search @18.9")) == {}


def test_a_missed_label_tells_of_a_slip() -> None:
    told = tale("2025-12-01 +group::search @18.9", "02-14 @18.10 +missed:18.9")
    assert slips(told) == {told.issue.reference: ("18.9",)}


def test_work_that_moved_is_known_by_its_reference_of_today() -> None:
    old = tale("2025-12-01 +group::search @18.9 +Deliverable", "03-01 close", iid=1, moved_to_id=9002)
    copy = tale("03-01 +group::search @18.10 +Deliverable", iid=2)
    assert slips(old, copy) == {copy.issue.reference: ("18.9", "18.10")}

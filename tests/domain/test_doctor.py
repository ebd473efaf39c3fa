from __future__ import annotations

from dataclasses import replace

from planning_bot.domain.change import label_handle
from planning_bot.domain.delivered import Created
from planning_bot.domain.doctor import Checked, DoctorResult, Finding, Unchecked

LABEL = Finding("gitlab", "label_missing", "label Deliverable", "it is not in acme", "create it")
OTHER = replace(LABEL, target="label type::bug")
NOTE = Finding("slack", "slack_scope", "token", "it lacks files:write", "add it", "note")
GOOD = Checked("gitlab", "token", "of planning-bot")


def test_verdicts_are_sorted_each_once() -> None:
    unknown = Unchecked("gitlab", "plan of acme", "nothing shows it")

    assert DoctorResult.of([GOOD, LABEL, unknown, NOTE, GOOD, OTHER]) == DoctorResult(
        (LABEL, NOTE, OTHER), (GOOD,), (unknown,)
    )


def test_of_things_that_fail_for_one_reason_the_first_is_told() -> None:
    down = [
        Finding("gitlab", "unreadable", target, "https://gitlab.test does not answer", "check the network")
        for target in ("labels", "boards", "milestones")
    ]

    assert DoctorResult.of(down) == DoctorResult(
        (down[0],),
        (),
        (Unchecked("gitlab", "boards", "as with labels"), Unchecked("gitlab", "milestones", "as with labels")),
    )


def test_a_note_is_nothing_to_mend() -> None:
    assert [DoctorResult((finding,)).has_findings for finding in (LABEL, NOTE)] == [True, False]
    assert not DoctorResult().has_findings


def test_labels_that_were_created_are_mended_and_the_others_are_not() -> None:
    result = DoctorResult((LABEL, OTHER, NOTE), (GOOD,))

    mended = result.after({label_handle("type::bug"): Created(7, "type::bug", "")})

    assert result.missing_labels == ("Deliverable", "type::bug")
    assert mended == DoctorResult((LABEL, NOTE), (GOOD, Checked("gitlab", "label type::bug", "it is there now")))
    assert result.after({}) == result


def test_what_was_told_of_another_team_is_not_told_again() -> None:
    own = Finding("gitlab", "person_missing", "user nobody", "GitLab has no such user", "take them out")
    first = DoctorResult((LABEL,), (GOOD,))

    assert DoctorResult((LABEL, own), (GOOD,)).beside({"search": first}) == DoctorResult(
        (own,), (), (Unchecked("gitlab", "label Deliverable", "as with team search"),)
    )
    assert first.beside({}) == first

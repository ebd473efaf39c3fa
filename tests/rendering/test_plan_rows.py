from __future__ import annotations

from planning_bot.domain.change import EditIssue, IssueState, Named, PostMessage
from planning_bot.domain.message import Chart, Message, Posted, compose
from planning_bot.rendering.plan_rows import Detail, Row, row

CHART = Chart(name="say-do.png", title="Say/Do", description="80 %", png=bytes(12_345))


def posted(message: Message, *, has_chart: bool) -> Posted:
    return Posted(ts="1.000001", digest=message.digest, blocks=message.blocks, has_chart=has_chart)


def change(before: Posted | None = None) -> PostMessage:
    after = compose("*Say/Do* 80 %\n\nall", chart=CHART)
    return PostMessage(target="slack team", because="b", channel="team", key="k", before=before, after=after)


def test_a_new_message_is_shown_in_full_with_its_chart() -> None:
    assert row(change()) == Row(
        "+",
        "post message",
        "slack team",
        "b",
        (
            Detail("message", lines=("+*Say/Do* 80 %", "+", "+all")),
            Detail("chart", "Say/Do (say-do.png, 12 kB)"),
        ),
    )


def test_of_a_message_that_stands_there_what_differs_is_shown() -> None:
    shown = row(change(posted(compose("*Say/Do* 70 %\n\nall"), has_chart=True)))

    assert (shown.sign, shown.details) == (
        "~",
        (Detail("message", lines=("-*Say/Do* 70 %", "+*Say/Do* 80 %", " ")),),
    )


def test_a_message_that_lacks_only_its_chart_gets_only_that() -> None:
    shown = row(change(posted(change().after, has_chart=False)))

    assert shown.details == (Detail("message"), Detail("chart", "Say/Do (say-do.png, 12 kB)"))


def test_an_edit_shows_the_labels_the_milestone_and_the_assignees_that_it_adds() -> None:
    ana, kenji = Named(id=1, name="ana"), Named(id=2, name="kenji")
    edit = EditIssue(
        target="acme/engine#7",
        because="it fits",
        before=IssueState(labels=("backend",), milestone=Named(id=9, name="18.10"), assignees=(ana,)),
        after=IssueState(
            labels=("Deliverable", "backend"), milestone=Named(id=10, name="18.11"), assignees=(ana, kenji)
        ),
    )

    assert row(edit).details == (
        Detail("labels", "+Deliverable"),
        Detail("assignees", "+kenji"),
        Detail("milestone", "18.10 → 18.11"),
    )

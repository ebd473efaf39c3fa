"""What a person saves between the re-read and the update is lost, as GitLab has no condition: it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from planning_bot.sandbox import Fault
from tests.commands.team_files import settings, work
from tests.openapi import SCHEMA, query_complaints
from tests.support import BOT, CONFIG, PM, PROJECT, STRANGER

if TYPE_CHECKING:
    from tests.support import Desk, Ran

BOX = "- [ ] ask legal"


@dataclass
class Page:
    """A planning issue that the next run brings up to date."""

    desk: Desk

    def edit(self, **changes: Any) -> None:
        """Have somebody edit it."""
        self.desk.box.gitlab.edit_issue(PROJECT, 1, by=STRANGER, **changes)

    @property
    def text(self) -> str:
        """Its description."""
        return str(self.desk.box.gitlab.issue(PROJECT, 1)["description"])

    def update(self, **faults: Any) -> Ran:
        """Bring it up to date, while something happens between the re-read and the update."""
        self.desk.box.fail(Fault(method="PUT", **faults))
        ran = self.desk.run("create-issue", "--apply", "--format", "json")
        self.desk.box.heal()
        return ran


@pytest.fixture
def page(desk: Desk) -> Page:
    desk.run("create-issue", "--apply")
    found = Page(desk)
    found.edit(description=f"{found.text}\n\nOur themes\n\n{BOX}\n")
    desk.configure(CONFIG.replace("    members:", "    counterparts: {{Designer: ana}}\n    members:"))
    return found


def failures(ran: Ran) -> list[str]:
    return [one["because"] for one in ran.team["outcome"]["failed"]]


def doubts(ran: Ran) -> list[str]:
    return [one["because"] for one in ran.team["outcome"]["skipped"]]


def test_the_lost_lines_are_told_with_whose_they_were(page: Page) -> None:
    ran = page.update(before=lambda: page.edit(description=page.text.replace("Our themes", "Speed\nNo surprises")))
    assert ran.code == 4
    (told,) = failures(ran)
    assert told.startswith("it was written, but it wrote over what zed had just saved, at 2026-01-31T09:00:00")
    assert told.endswith(": Speed / No surprises")
    assert "Speed" not in page.text


def test_lines_that_somebody_deleted_and_that_stand_there_again_are_told(page: Page) -> None:
    (told,) = failures(page.update(before=lambda: page.edit(description=page.text.replace("Our themes\n", ""))))
    assert told.endswith(": they had deleted Our themes")


def test_a_box_that_somebody_ticked_is_told(page: Page) -> None:
    (told,) = failures(page.update(before=lambda: page.edit(description=page.text.replace("[ ]", "[x]"))))
    assert told.endswith(": marked the checklist item **ask legal** as completed")


def test_an_edit_right_before_the_re_read_is_seen_and_kept_and_nobody_is_alarmed(page: Page) -> None:
    desk = page.desk
    for at in range(1, 9):
        page.edit(description=page.text.replace("Our themes", f"Our themes {at}"))
        desk.configure(CONFIG.replace("    members:", f"    counterparts: {{{{Role {at}: ana}}}}\n    members:"))
        ran = page.update(nth=9)
        assert (ran.code, f"Our themes {at}" in page.text) == (0, True), ran.err
    page.edit(description=page.text.replace("[ ]", "[x]"))
    desk.configure()
    assert page.update(nth=9).code == 0


def test_an_edit_right_after_the_update_is_nobodys_loss(page: Page) -> None:
    ran = page.update(after=lambda: page.edit(description=f"{page.text}\nP.S."))
    assert (ran.code, "P.S." in page.text) == (0, True)


def test_another_edit_of_the_same_moment_is_nobodys_loss(page: Page) -> None:
    assert page.update(before=lambda: page.edit(title="Ours", add_labels=["Sync Meeting"])).code == 0


def test_of_a_confidential_issue_the_text_is_not_told(page: Page) -> None:
    page.edit(confidential=True)
    ran = page.update(before=lambda: page.edit(description=page.text.replace("Our themes", "The merger")))
    assert ran.code == 4
    assert failures(ran)[0].endswith(": not told here, as the issue is confidential; ask for it")
    assert "merger" not in ran.out + ran.err


@pytest.mark.parametrize("kind", ["404", "500", "null", "html-200", "reset-before"])
def test_a_text_that_cannot_be_read_is_told_of_all_the_same(page: Page, kind: str) -> None:
    page.desk.box.fail(Fault(kind, path="/api/graphql", times=None))
    ran = page.update(before=lambda: page.edit(description=page.text.replace("Our themes", "Speed")))
    assert ran.code == 4
    assert "it wrote over what zed had just saved, at 2026" in failures(ran)[0]
    assert "cannot be read (" in failures(ran)[0]


def test_what_this_user_saved_in_the_same_moment_and_cannot_be_read_is_a_doubt(desk: Desk) -> None:
    desk.run("create-issue", "--apply")
    page = Page(desk)
    desk.configure(CONFIG.replace("    members:", "    counterparts: {{Designer: ana}}\n    members:"))
    desk.box.fail(Fault("404", path="/api/graphql", times=None))
    ran = page.update(before=lambda: desk.box.gitlab.edit_issue(PROJECT, 1, by=BOT, description=f"{page.text}\nP.S."))
    assert (ran.code, failures(ran)) == (0, [])
    assert doubts(ran)[0].startswith("whether it wrote over somebody's edit of the same moment is not known: ")


def test_the_updates_of_one_run_do_not_doubt_each_other(desk: Desk) -> None:
    assert desk.run("run", "--apply").code == 0
    assert [one.method for one in desk.box.requests].count("PUT") > 1
    assert [one for one in desk.box.requests if one.path == "/api/graphql"] == []


def test_a_server_without_such_a_history_is_no_failure(page: Page) -> None:
    page.desk.box.fail(Fault("404", path="/issues/1/notes$", times=None))
    ran = page.update()
    assert ran.code == 0
    assert doubts(ran)[0].startswith("whether it wrote over somebody's edit of the same moment is not known: ")


@pytest.mark.parametrize("kind", ["500", "null", "truncated"])
def test_a_history_that_cannot_be_read_is_told(page: Page, kind: str) -> None:
    page.desk.box.fail(Fault(kind, path="/issues/1/notes$", times=None))
    ran = page.update()
    assert ran.code == 4
    assert "whether it wrote over somebody's edit of the same moment is not known" in failures(ran)[0]


def test_a_milestone_that_somebody_set_in_the_same_moment_is_told(desk: Desk) -> None:
    work(desk, weight=2, title="Unfinished", milestone="18.9", labels=["group::search", "Deliverable"])
    desk.box.gitlab.add_label("acme", "missed:18.9")
    desk.box.gitlab.add_label("acme", "missed-deliverable")
    desk.day = "2026-02-14"
    desk.box.fail(
        Fault(method="PUT", before=lambda: desk.box.gitlab.edit_issue(PROJECT, 1, by=PM, milestone="Backlog"))
    )
    ran = desk.run("close", "--apply", "--format", "json")
    assert ran.code == 4
    (told,) = failures(ran)
    assert "it wrote over the milestone: mira had just set another milestone, at 2026" in told


def test_somebody_assigned_in_the_same_moment_is_told(desk: Desk) -> None:
    settings(desk)
    work(desk, weight=2, labels=["group::search", "workflow::ready for development", "type::bug"])
    desk.run("create-issue", "--apply")
    edit = {"by": PM, "assignees": [STRANGER]}
    desk.box.gitlab.add_member("acme", STRANGER, access_level=30)
    desk.box.fail(Fault(method="PUT", path="/issues/1$", before=lambda: desk.box.gitlab.edit_issue(PROJECT, 1, **edit)))
    ran = desk.run("deliverables", "--apply", "--format", "json")
    assert ran.code == 4
    (told,) = failures(ran)
    assert "it wrote over what mira had just saved, at 2026" in told
    assert told.endswith(": assigned to @zed")


@pytest.mark.skipif(not SCHEMA.is_file(), reason="GitLab's own description is not here")
def test_the_query_is_one_that_gitlab_documents(page: Page) -> None:
    page.update(before=lambda: page.edit(description="Speed"))
    asked = [request.query["query"][0] for request in page.desk.box.requests if request.path == "/api/graphql"]
    assert [query_complaints(query) for query in asked] == [[]]
    assert query_complaints("query { nothing }") == ["Cannot query field 'nothing' on type 'Query'."]

"""The report's pages as text: whole values of its drawings, and what strangers' texts become in it."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planning_bot.domain.deliverables import OftenSlipped
from planning_bot.domain.report import MARK
from planning_bot.domain.say_do import Variant
from planning_bot.errors import ConfigurationError, Problem, ProgramError, ServerError
from planning_bot.metrics.report import measure_report
from planning_bot.metrics.report_pages import HistoryRow, Place, TeamFacts
from planning_bot.rendering.escaping import plain
from planning_bot.rendering.report import Report, href
from planning_bot.rendering.report_charts import burn_up_chart, history_chart, number, percent
from tests.builders import team
from tests.histories import instant, tale
from tests.metrics.test_report import PROMISED, page, seen, span
from tests.rendering.hostile import any_text

TODAY = date(2026, 1, 20)


class Elements(HTMLParser):
    """Collects elements with their attributes, and the words between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102 - the library's
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:  # noqa: D102 - the library's
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of each element of a kind."""
        return [attributes for name, attributes in self.found if name == tag]


@functools.cache
def measured() -> TeamFacts:
    """Give a team with one deliverable, added late."""
    return measure_report(team(), seen(tale("01-08 +group::search @18.9 w1", "01-14 +Deliverable")))


def facts(text: str = "Work", address: str = "https://gitlab.test/1") -> TeamFacts:
    """Give a team with a text in every place where a stranger's may stand."""
    found = measured()
    (reference,) = (one.reference for one in found.pages[1].issues)
    more = {
        "slipped": (OftenSlipped(reference, (text,)),),
        "warnings": (text,),
        "lists": tuple(replace(row, name=text) for row in found.pages[1].lists),
    }
    pages = tuple(replace(one, shown=replace(one.shown, places=(Place(text, address),)), **more) for one in found.pages)
    return replace(found, pages=pages, titles={reference: text}, addresses={reference: address})


@functools.cache
def shipped() -> Report:
    """Give what writes the pages from the templates that are shipped."""
    return Report(Path("no-such-folder"))


def render(*teams: TeamFacts) -> dict[str, str]:
    return shipped().render(teams)


@functools.cache
def harmless() -> dict[str, str]:
    """Give the pages without a stranger's text."""
    return render(facts())


def test_every_page_has_the_mark_a_policy_and_the_style_that_it_names() -> None:
    for text in render(facts()).values():
        assert MARK in text[:1000]
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        (policy,) = [one for one in Elements(text).all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
        assert policy["content"] == (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
        )


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    for text in render(facts()).values():
        page = Elements(text)
        assert {tag for tag, _ in page.found} & {"script", "img", "iframe", "object", "form", "video"} == set()
        assert [(one["rel"], one["href"]) for one in page.all("link")] == [("icon", "data:,")]
        assert [
            name for _, attributes in page.found for name in attributes if name.startswith("on") or name == "style"
        ] == []
        assert "url(" not in text
        assert "@import" not in text


def test_a_table_has_a_caption_and_each_of_its_heads_a_scope() -> None:
    for text in render(facts()).values():
        page = Elements(text)
        assert len(page.all("table")) == len(page.all("caption"))
        assert [one for one in page.all("th") if one.get("scope") not in {"row", "col"}] == []


def test_each_drawing_has_a_title_and_a_description_or_is_left_out_for_who_listens() -> None:
    for text in render(facts()).values():
        for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
            assert 'aria-hidden="true"' in drawing or all(part in drawing for part in ('role="img"', "<title", "<desc"))


@any_text
def test_no_text_of_a_stranger_is_more_than_text(text: str) -> None:
    for name, hostile in render(facts(text, text)).items():
        found, usual = Elements(hostile), Elements(harmless()[name])
        assert [tag for tag, _ in found.found] == [tag for tag, _ in usual.found]
        links = {one["href"] for one in found.all("a")} - {one["href"] for one in usual.all("a")}
        assert links <= ({plain(text)} if text.startswith(("https://", "http://")) else {"#"})
        assert plain(text) in " ".join(found.words) or name == "index.html"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " https://x", "//evil.test", ""])
def test_only_addresses_of_the_web_are_linked(address: str) -> None:
    assert (href(address), href("https://gitlab.test/1")) == ("#", "https://gitlab.test/1")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ServerError("GitLab answered 403"), "It could not be read: GitLab answered 403."),
        (ConfigurationError([Problem("pto.csv", 2, 1, "", "'surgery' is no date")]), "stands in the run's own output"),
        (ProgramError(ValueError("surgery")), "stands in the run's own output"),
    ],
)
def test_what_went_wrong_is_told_as_far_as_everybody_may_know(error: Exception, says: str) -> None:
    (text,) = render(TeamFacts(team(), TODAY, error=error)).values()  # type: ignore[arg-type]
    words = " ".join(" ".join(Elements(text).words).split())
    assert says in words
    assert "surgery" not in words


def test_the_burn_up_is_drawn_in_steps_of_a_day() -> None:
    found = burn_up_chart(page("18.9", tale(PROMISED, "01-11 close"), day="01-12"), date(2026, 1, 12))
    assert found
    # 35 days are 382 wide, from 30 on; a weight of 2 is 182 high, from 196 up.
    assert found.planned == "M30.0 14.0V14.0H40.9V14.0H51.8V14.0H62.7"
    assert found.done == "M30.0 196.0V196.0H40.9V14.0H51.8V14.0H62.7"
    assert found.area == f"{found.done}V196H30.0Z"
    assert (found.unit, found.committed_y, found.today_x) == ("weight", None, 62.7)
    assert [(tick.at, tick.text) for tick in found.counts] == [(196.0, "0"), (105.0, "1"), (14.0, "2")]
    assert [tick.text for tick in found.days] == ["10 Jan", "17 Jan", "24 Jan", "31 Jan", "7 Feb"]
    assert found.words == "By 12 Jan 2 of 2 in the plan were done."


def test_from_the_freeze_on_the_commitment_is_a_line() -> None:
    found = burn_up_chart(page("18.9", tale(PROMISED)), TODAY)
    assert found
    assert (found.freeze_x, found.committed_y) == (62.7, 14.0)
    assert found.words == "By 20 Jan 0 of 2 in the plan were done; 2 were committed at the freeze."


def test_an_ended_milestone_has_no_today_and_what_nothing_is_in_no_burn_up() -> None:
    ended = burn_up_chart(page("18.9", tale(PROMISED), day="03-01"), date(2026, 3, 1))
    assert ended
    assert ended.today_x is None
    assert burn_up_chart(page("18.9"), TODAY) is None


@pytest.mark.parametrize("weight", [1, 7, 24, 99, 1000, 123456])
def test_a_burn_up_of_any_size_has_few_lines_and_its_top_in_sight(weight: int) -> None:
    found = burn_up_chart(page("18.9", tale(PROMISED.replace("w2", f"w{weight}"))), TODAY)
    assert found
    assert 2 <= len(found.counts) <= 7
    assert int(found.counts[-1].text) >= weight


def test_each_ended_milestone_has_a_column_and_the_last_three_a_point() -> None:
    now = instant("03-20")
    rows = [
        HistoryRow(span("18.8", now), {}, Variant.of(4, 3), Variant.of(4, 3)),
        HistoryRow(span("18.9", now), {}, Variant.of(0, 0), Variant.of(0, 0)),
        HistoryRow(span("18.10", now), {}, Variant.of(10, 5), Variant.of(14, 8)),
    ]
    found = history_chart(rows, 0.8)
    assert found
    assert [(one.y, one.height, one.rolling_y) for one in found.columns] == [
        (56.0, 126.0, 56.0), (182.0, 0.0, None), (98.0, 84.0, 86.0),
    ]  # fmt: skip
    assert found.rolling == "93.7,56.0 348.3,86.0"
    assert found.target_y == 47.6
    assert found.words == (
        "18.8: 3 of 4, 75 %; last three 75 %; 18.9: 0 of 0, –; last three –; 18.10: 5 of 10, 50 %; last three 57 %"  # noqa: RUF001
    )
    assert history_chart([], 0.8) is None


def test_numbers_are_written_so_that_their_points_stand_below_each_other() -> None:
    assert [number(value) for value in (4, 4.5, 2.25, -0.25, 0)] == ["4.0", "4.5", "2.3", "−0.3", "0.0"]
    assert [percent(value) for value in (0.8, 1.0, None)] == ["80 %", "100 %", "–"]  # noqa: RUF001

"""What `init` has to know, in the order in which one answer leads to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.config import names
from planning_bot.domain.survey import Choice, Guess
from planning_bot.planners import init_guesses as guesses

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.domain.survey import Choices, Survey


@dataclass(frozen=True)
class Question:
    """One setting: what a person is asked, by which flag it can be given, and what it is guessed from."""

    key: str
    flag: str
    asks: str
    kind: str
    guess: Callable[[Survey, Choices], Guess]
    is_required: bool = False
    is_list: bool = False

    def proposal(self, survey: Survey, choices: Choices) -> Guess:
        """Give the guess, without what the file could not hold."""
        guess = self.guess(survey, choices)
        fitting = tuple(value for value in guess.values if names.fits(self.kind, value))
        return Guess(fitting, guess.because)

    def mistake(self, values: tuple[str, ...]) -> str | None:
        """Say what is wrong with an answer; None where nothing is."""
        if self.is_required and not values:
            return "this cannot be left out"
        if len(values) > 1 and not self.is_list:
            return f"write one, found {len(values)}"
        return next((mistake for value in values if (mistake := names.mistake_in(self.kind, value))), None)


LABEL = Question("label", "--label", "The label of the team's issues", names.LABEL, guesses.label, is_required=True)
QUESTIONS = (
    LABEL,
    Question("name", "--name", "The team's name", names.TEXT, guesses.name),
    Question(
        "engineering_manager",
        "--engineering-manager",
        "The engineering manager's username",
        names.USERNAME,
        guesses.engineering_manager,
    ),
    Question(
        "product_manager",
        "--product-manager",
        "The product manager's username",
        names.USERNAME,
        guesses.product_manager,
    ),
    Question(
        "members",
        "--member",
        "The engineers' usernames",
        names.USERNAME,
        guesses.members,
        is_required=True,
        is_list=True,
    ),
    Question(
        "project", "--project", "The project of the planning issues", names.PROJECT, guesses.project, is_required=True
    ),
    Question(
        "pattern",
        "--milestone-pattern",
        "What titles of milestones look like (a regular expression)",
        names.PATTERN,
        guesses.pattern,
        is_required=True,
    ),
    Question(
        "deliverable_label",
        "--deliverable-label",
        "The label of what the team commits to",
        names.LABEL,
        guesses.deliverable_label,
        is_required=True,
    ),
    Question("ready_label", "--ready-label", "The label of what can be started", names.LABEL, guesses.ready_label),
    Question(
        "in_progress_labels",
        "--in-progress-label",
        "The labels of what is being worked on",
        names.LABEL,
        guesses.in_progress_label,
        is_list=True,
    ),
    Question(
        "blocked_labels",
        "--blocked-label",
        "The labels of what is blocked",
        names.LABEL,
        guesses.blocked_label,
        is_list=True,
    ),
    Question("channel", "--channel", "The Slack channel for messages", names.TEXT, guesses.nothing),
)


def chosen(given: tuple[str, ...] | None, guess: Guess) -> Choice:
    """Make a choice of what somebody gave or agreed to, or, where nobody did, of the guess."""
    if given is None:
        return Choice(guess.values, guess.because, was_guessed=bool(guess.values))
    return Choice(tuple(dict.fromkeys(given)), guess.because if given == guess.values else "")

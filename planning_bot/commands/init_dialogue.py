"""How `init` learns what it has to know: by asking at a terminal, else from flags and by guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from planning_bot.config import names
from planning_bot.errors import UsageError
from planning_bot.planners.init_questions import chosen
from planning_bot.rendering.escaping import terminal_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning_bot.commands.console import Console
    from planning_bot.domain.survey import Choice, Guess
    from planning_bot.planners.init_questions import Question

    Mistake = Callable[[tuple[str, ...]], str | None]

_NOTHING = "-"


@dataclass
class Dialogue:
    """Settles one question after the other. Without a terminal `lacking` names the flags of what nobody could guess."""

    console: Console
    at_terminal: bool
    lacking: list[str] = field(default_factory=list)
    _is_open: bool = False

    def settle(self, question: Question, guess: Guess, given: tuple[str, ...] | None, mistake: Mistake) -> Choice:
        """Take what was given, or ask, or take the guess. Raises UsageError for a flag whose value is wrong."""
        if given is not None:
            if wrong := mistake(given):
                raise UsageError(f"{question.flag}: {wrong}")
            return chosen(given, guess)
        if self.at_terminal:
            return chosen(self._ask(question, guess, mistake), guess)
        if question.is_required and not guess.values:
            self.lacking.append(question.flag)
        return chosen(None, guess)

    def ask(self, flag: str, asks: str, given: str | None, default: str, kind: str) -> str:
        """Settle what cannot be guessed by looking. Raises UsageError."""
        if given is None and not self.at_terminal:
            self.lacking.append(flag)
            return ""
        answer = given if given is not None else self._prompt(asks, default) or default
        while wrong := names.mistake_in(kind, answer):
            if given is not None:
                raise UsageError(f"{flag}: {wrong}")
            self.console.say(f"  {terminal_line(wrong)}")
            answer = self._prompt(asks, default) or default
        return answer

    def check_complete(self, hint: str) -> None:
        """Raise UsageError that names every flag that is needed and was not given."""
        if self.lacking:
            verb = "is" if len(self.lacking) == 1 else "are"
            raise UsageError(f"{', '.join(self.lacking)} {verb} needed: no terminal to ask at, and no guess", hint)

    def _ask(self, question: Question, guess: Guess, mistake: Mistake) -> tuple[str, ...]:
        why = f" ({guess.because})" if guess.because else ""
        asks = f"{question.asks}{', separated by commas' if question.is_list else ''}{why}"
        while True:
            answer = self._prompt(asks, ", ".join(guess.values))
            values = guess.values if not answer else () if answer == _NOTHING else _split(question, answer)
            if not (wrong := mistake(values)):
                return values
            self.console.say(f"  {terminal_line(wrong)}")

    def _prompt(self, asks: str, default: str) -> str:
        self.console.hush()
        if not self._is_open:
            self.console.say("Enter takes what stands in brackets, - leaves it empty, Ctrl-C ends and writes nothing.")
            self._is_open = True
        shown = f" [{terminal_line(default)}]" if default else ""
        answer: str = click.prompt(f"{terminal_line(asks)}{shown}", default="", show_default=False, err=True)
        return answer.strip()


def _split(question: Question, answer: str) -> tuple[str, ...]:
    if not question.is_list:
        return (answer,)
    if question.kind == names.USERNAME:
        return tuple(part.removeprefix("@") for part in re.split(r"[,\s]+", answer) if part)
    return tuple(part.strip() for part in answer.split(",") if part.strip())

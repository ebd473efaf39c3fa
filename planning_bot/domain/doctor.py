"""What `doctor` finds: each finding names the thing, what was found, and the way to mend it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

from planning_bot.domain.change import label_handle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning_bot.domain.delivered import Created

Server = Literal["gitlab", "slack", "sheet", "time_off"]
Severity = Literal["finding", "note"]

LABEL_MISSING = "label_missing"
TROUBLE = frozenset({"no_credentials", "refused", "unreadable"})
"""Kinds of findings that keep other things from being looked at."""


@dataclass(frozen=True)
class Finding:
    """Something about one thing: a `finding` has to be mended, a `note` is worth knowing and changes no exit code.

    `kind` is a word for programs, `hint` is the way to mend it.
    """

    server: Server
    kind: str
    target: str
    because: str
    hint: str
    severity: Severity = "finding"


@dataclass(frozen=True)
class Checked:
    """Something that was looked at and is as it should be, and what was found."""

    server: Server
    target: str
    found: str


@dataclass(frozen=True)
class Unchecked:
    """Something that could not be looked at, and why: it is neither good nor a finding."""

    server: Server
    target: str
    because: str


Verdict = Finding | Checked | Unchecked


@dataclass(frozen=True)
class DoctorResult:
    """What `doctor` answers for a team."""

    findings: tuple[Finding, ...] = ()
    checked: tuple[Checked, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Self:
        """Sort verdicts, each once; where several things fail for one reason, it is told of the first alone."""
        findings: dict[tuple[str, str, str], Finding] = {}
        checked: list[Checked] = []
        unchecked: list[Unchecked] = []
        for verdict in dict.fromkeys(verdicts):
            match verdict:
                case Checked():
                    checked.append(verdict)
                case Unchecked():
                    unchecked.append(verdict)
                case Finding():
                    target = "" if verdict.kind in TROUBLE else verdict.target
                    first = findings.setdefault((target, verdict.because, verdict.hint), verdict)
                    if first is not verdict:
                        unchecked.append(Unchecked(verdict.server, verdict.target, f"as with {first.target}"))
        return cls(tuple(findings.values()), tuple(checked), tuple(unchecked))

    @property
    def has_findings(self) -> bool:
        """Whether there is something to mend."""
        return any(found.severity == "finding" for found in self.findings)

    @property
    def missing_labels(self) -> tuple[str, ...]:
        """The labels that have to be created."""
        return tuple(f.target.removeprefix("label ") for f in self.findings if f.kind == LABEL_MISSING)

    def after(self, created: Mapping[str, Created]) -> Self:
        """Give the result as it is once the labels of a plan were created."""
        mended = [name for name in self.missing_labels if label_handle(name) in created]
        targets = {f"label {name}" for name in mended}
        left = tuple(f for f in self.findings if f.kind != LABEL_MISSING or f.target not in targets)
        now_there = tuple(Checked("gitlab", f"label {name}", "it is there now") for name in mended)
        return replace(self, findings=left, checked=(*self.checked, *now_there))

    def beside(self, others: Mapping[str, DoctorResult]) -> Self:
        """Give the result as it is told after those of other teams: what they share was told with the first."""
        told = {found: team for team, other in others.items() for found in other.findings}
        good = {found for other in others.values() for found in other.checked}
        again = [
            Unchecked(found.server, found.target, f"as with team {told[found]}")
            for found in self.findings
            if found in told
        ]
        return replace(
            self,
            findings=tuple(found for found in self.findings if found not in told),
            checked=tuple(found for found in self.checked if found not in good),
            unchecked=(*again, *self.unchecked),
        )

"""What all models of the configuration share."""

from collections.abc import Mapping, Sized
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from planning_bot.config.complaints import wrong

T = TypeVar("T")
S = TypeVar("S", bound=Sized)


class Model(BaseModel):
    """A frozen part of the configuration; a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def without_nulls(value: Any) -> Any:
    """Take the entries out that are null; null in place of the map is an empty one."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {key: entry for key, entry in value.items() if entry is not None}
    return value


def _empty_for_null(value: Any) -> Any:
    return () if value is None else value


def at_least_one(value: S) -> S:
    """Raise for a list or a map that is empty and may not be."""
    if not value:
        raise wrong("write at least one; found none")
    return value


Many = Annotated[tuple[T, ...], BeforeValidator(_empty_for_null)]
"""A list; null is an empty one."""

Entries = Annotated[Mapping[str, T], BeforeValidator(without_nulls)]
"""A map with keys of one's own; null takes an entry out, or, in place of the map, all of them."""

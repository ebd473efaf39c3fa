"""A mistake in a template as a problem in a file, with its line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import jinja2

from planning_bot.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNKNOWN = "there is no such template beside the configuration or among those that are shipped"


@contextmanager
def mistakes_of(name: str) -> Iterator[None]:
    """Turn what goes wrong while a template is read or filled into a ConfigurationError with its file and line."""
    try:
        yield
    except jinja2.TemplateNotFound as error:
        raise _mistake(str(error.name or name), 1, _UNKNOWN) from error
    except jinja2.TemplateSyntaxError as error:
        raise _mistake(error.filename or error.name or name, error.lineno, error.message or "a syntax error") from error
    except (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        RecursionError,
    ) as error:
        raise _mistake(*_place(error, name), str(error)) from error


def _place(error: BaseException, name: str) -> tuple[str, int]:
    """Find the line of a template in which an error was raised: Jinja2 rewrites tracebacks to say so."""
    place = (name, 1)
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if "__jinja_template__" in frame.f_globals or frame.f_code.co_filename.endswith(".j2"):
            place = (frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _mistake(file: str, line: int, message: str) -> ConfigurationError:
    return ConfigurationError(
        [Problem(file, line, 1, "", message)], "mend the template, or delete it to use the shipped one"
    )

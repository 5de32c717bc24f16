"""A validation error as lines for a person: place, key, what was expected, the nearest key."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from newsletter.config_text import Location, dotted

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_EXPECTED = {
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "string_type": "expected text",
    "model_type": "expected a group of settings",
    "tuple_type": "expected a list",
    "dict_type": "expected a group of lines such as `name: value`",
    "path_type": "expected a path",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "expected a date such as 2026-04-07",
    ),
}
# Where secrets stand, or one may be put by mistake: nothing below these is ever shown.
_SECRET: frozenset[Location] = frozenset(
    {
        *(("delivery", "smtp"), ("delivery", "sendgrid")),
        *(("secret_key",), ("old_secret_keys",), ("database",)),
    }
)
_COLOUR = "expected a colour such as #8a2b12, in quotation marks"
_FONTS = (
    "expected names of fonts with commas between them, in letters, digits, spaces and hyphens,"
    " such as: Georgia, 'Times New Roman', serif"
)
# Of settings that have a form of their own, by the last name that is no number.
_FORMS = {
    "language": "expected two small letters such as en",
    **dict.fromkeys(("accent", "ground", "card", "ink", "muted"), _COLOUR),
    **dict.fromkeys(("heading_font", "text_font"), _FONTS),
    "blocks": "expected the name of a block, in letters a to z, digits and hyphens, such as lead",
    "selector": "expected a name such as news2026, in letters, digits, hyphens and dots",
    "domain": "expected a domain such as example.org",
    "adapter": "expected a function's place such as package.module:function",
}


def fault_lines(
    error: ValidationError,
    model: type[BaseModel],
    places: Mapping[Location, str],
    known: Container[Location] = (),
) -> list[str]:
    """One line for each fault that is not `known`. A secret's value is never part of a line."""
    details = error.errors(include_url=False)
    return [_line(one, model, places) for one in details if tuple(one["loc"]) not in known]


def _line(detail: ErrorDetails, model: type[BaseModel], places: Mapping[Location, str]) -> str:
    location: Location = tuple(detail["loc"])
    return f"{_place(location, places)}: `{dotted(location)}`: {_words(detail, location, model)}"


def _place(location: Location, places: Mapping[Location, str]) -> str:
    while location and location not in places:
        location = location[:-1]
    return places.get(location, "newsletter.yaml")


def _words(detail: ErrorDetails, location: Location, model: type[BaseModel]) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return "there is no such setting" + _nearest(location, model)
    if kind == "missing":
        return "is missing"
    return in_words(detail) + _found(detail, location)


def in_words(detail: ErrorDetails) -> str:
    """One fault without its place: what was expected."""
    kind = detail["type"]
    if kind in {"string_pattern_mismatch", "string_type"} and (form := _form(detail["loc"])):
        return form
    if kind in {"too_long", "too_short"}:
        return _size(detail)
    return _EXPECTED.get(kind) or _own_words(detail["msg"])


def _form(location: Location) -> str:
    names = [part for part in location if isinstance(part, str)]
    return _FORMS.get(names[-1], "") if names else ""


def _size(detail: ErrorDetails) -> str:
    bounds = detail.get("ctx", {})
    is_long = detail["type"] == "too_long"
    bound = f"at most {bounds['max_length']}" if is_long else f"at least {bounds['min_length']}"
    return f"expected {bound} {'characters' if isinstance(detail['input'], str) else 'entries'}"


def _own_words(message: str) -> str:
    return (
        message.removeprefix("Value error, ")
        .replace("String should match", "expected text that matches")
        .replace("Input should be", "expected")
        .replace("String should have", "expected")
    )


def _found(detail: ErrorDetails, location: Location) -> str:
    value = detail["input"]
    is_plain = isinstance(value, str | int | float | bool)
    if not is_plain or _is_secret(location) or detail["type"] == "model_type":
        return ""  # where a group was expected, someone may have put the secret that it holds
    return f", found {str(value)[:60]!r}"


def _is_secret(location: Location) -> bool:
    return location[:1] in _SECRET or location[:2] in _SECRET


def _nearest(location: Location, model: type[BaseModel]) -> str:
    parent: Any = model
    for part in location[:-1]:
        parent = parent if isinstance(part, int) else _under(parent, part)
        if parent is None:
            return ""
    near = difflib.get_close_matches(str(location[-1]), list(parent.model_fields), n=1, cutoff=0.5)
    return (
        f"; did you mean `{near[0]}`?"
        if near
        else f"; known here: {', '.join(parent.model_fields)}"
    )


def _under(model: Any, key: str) -> Any:  # noqa: ANN401 - a model class or None
    annotation = getattr(model.model_fields.get(key), "annotation", None)
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None

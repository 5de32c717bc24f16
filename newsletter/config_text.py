"""The text of a configuration: YAML with the place of every key, and the environment over it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import SecretStr

from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from pathlib import Path

    from pydantic import BaseModel

PREFIX = "NEWSLETTER_"
RESERVED = frozenset({"NEWSLETTER_CONFIG"})  # names the file itself, and is no setting
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PASSWORD_IN_URL = re.compile(
    r"^(?!sqlite:)(?:.*?://(?:[^/]*:[^/]+|[^/@:]*:.+)@|.*[?&](?:ssl)?password=[^&])", re.IGNORECASE
)

_VARIABLES = {
    "password": "SMTP_PASSWORD",
    "api_key": "SENDGRID_API_KEY",
    "secret_key": "NEWSLETTER_SECRET_KEY",
    "old_secret_keys": "NEWSLETTER_OLD_SECRET_KEY",
    "database": "DATABASE_URL",
}

_ENDLESS = "is nested without end, or far too deep"

Location = tuple[str | int, ...]


if TYPE_CHECKING:
    _SafeLoader = yaml.SafeLoader
else:
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is far faster


class _Loader(_SafeLoader):
    """The safe loader without YAML 1.1's surprises: 07:30 stays text, and so do dates."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                first = seen[key.value]
                raise ConfigError(
                    [f"{self.name}:{line}: `{key.value}` stands twice (first on line {first})"]
                )
            seen[key.value] = line
        return super().construct_mapping(node, deep=deep)

    def construct_whole_number(self, node: yaml.ScalarNode) -> int | str:
        """Base 10 always, so that 08 is eight; what is no number stays text, to be reported."""
        text = str(node.value)
        try:
            return int(text, 10)
        except ValueError:
            return text


_DROPPED = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _DROPPED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]*$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789")
)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_whole_number)


@dataclass
class ConfigText:
    """The values of a file, and the place (`file:line`) of each location in it."""

    name: str
    data: dict[str, Any]
    places: dict[Location, str] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> ConfigText:
        """No file: everything at its default."""
        return cls("defaults", {})


def read_text(file: Path) -> ConfigText:
    """The file's values and their places.

    Raises:
        ConfigError: the file is missing, unreadable, no YAML, or not a mapping.
    """
    if not file.exists():
        message = f"{file}: there is no such file. Make one with `newsletter init`."
        raise ConfigError([message])
    if not file.is_file():  # a pipe would be waited for, for ever
        raise ConfigError([f"{file}: is no file but a folder or a device"])
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise ConfigError([f"{file}: cannot be read: {reason}"]) from None
    return _parsed(text, str(file))


def _parsed(text: str, name: str) -> ConfigText:
    try:
        data, places = _loaded(text, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        has_tab = "\t" in "".join(text.splitlines()[line - 1 : line])
        hint = "; indent with spaces, not tabs" if has_tab else ""
        raise ConfigError([f"{name}:{line}: is not valid YAML: {error.problem}{hint}"]) from None
    except RecursionError:
        raise ConfigError([f"{name}: {_ENDLESS}"]) from None
    except (yaml.YAMLError, TypeError, ValueError, LookupError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError([f"{name}: is not valid YAML: {reason}"]) from None
    if not isinstance(data, dict):
        found = "a list" if isinstance(data, list) else "a single value"
        raise ConfigError([f"{name}:1: expected settings such as `newsletter:`, found {found}"])
    return ConfigText(name, data, places)


def _loaded(text: str, name: str) -> tuple[Any, dict[Location, str]]:
    loader = _Loader(text)
    loader.name = name
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else {}
        return data, dict(_places(node, name))
    finally:
        loader.dispose()


def _places(node: yaml.Node | None, name: str, at: Location = ()) -> Iterator[tuple[Location, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*at, key.value), f"{name}:{key.start_mark.line + 1}"
            yield from _places(value, name, (*at, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*at, index), f"{name}:{value.start_mark.line + 1}"
            yield from _places(value, name, (*at, index))


def overridden(
    text: ConfigText, model: type[BaseModel], environ: Mapping[str, str]
) -> tuple[dict[str, Any], dict[Location, str], dict[Location, str]]:
    """The file's values with `${ENV_NAME}` filled in and `NEWSLETTER_…` laid over them.

    Returns the values, the place of each, and the faults found on the way by their location.
    """
    faults: dict[Location, str] = {}
    places = dict(text.places)
    try:
        data = _filled(text.data, (), places, model, environ, faults)
        spared = RESERVED | set(_REFERENCE.findall(str(text.data)))
    except RecursionError:
        raise ConfigError([f"{text.name}: {_ENDLESS}"]) from None
    given = [name for name in environ if name.startswith(PREFIX) and environ[name]]
    for name in sorted(set(given) - spared, key=lambda name: (name.count("__"), name)):
        layer = _Layer(f"environment variable {name}", places, faults)
        location = tuple(name.removeprefix(PREFIX).lower().split("__"))
        value = _value(environ[name])
        for key in reversed(location):
            value = {key: value}
        layer.lay(data, value, model)
    if environ.get("DATABASE_URL"):
        data["database"] = environ["DATABASE_URL"]
        places[("database",)] = "environment variable DATABASE_URL"
    return _with_groups(data, model), places, faults


def _with_groups(data: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Groups that nobody wrote, as empty ones, so that their defaults are validated as well."""
    whole = dict(data)
    for name in model.model_fields:
        inner = inner_model(model.model_fields, name)
        if inner and isinstance(whole.setdefault(name, {}), dict):
            whole[name] = _with_groups(whole[name], inner)
    return whole


def _value(text: str) -> Any:  # noqa: ANN401 - whatever YAML makes of a list or mapping
    if text[:1] not in "[{" or not text:
        return text
    try:
        return _loaded(text, "environment")[0]
    except (
        yaml.YAMLError,
        ConfigError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        RecursionError,
    ):
        return text


@dataclass(frozen=True)
class _Layer:
    """One environment variable, to be laid over the values: a group is merged, never replaced."""

    place: str
    places: dict[Location, str]
    faults: dict[Location, str]

    def lay(
        self, data: dict[Any, Any], over: dict[Any, Any], model: type[BaseModel], at: Location = ()
    ) -> None:
        for key, value in over.items():
            group = inner_model(model.model_fields, key)
            here = (*at, key)
            if group is None:
                data[key] = value
                for below in [one for one in self.places if one[: len(here)] == here]:
                    del self.places[below]
                self.places[here] = self.place
            elif not isinstance(value, dict):
                self.faults[here] = f"{self.place}: `{dotted(here)}`: expected a group of settings"
            else:
                self.places.setdefault(here, self.place)
                before = data.get(key)
                if before is None or isinstance(before, dict):  # else the file's own fault
                    data[key] = dict(before or {})
                    self.lay(data[key], value, group, here)


def _filled(
    value: Any,  # noqa: ANN401 - any YAML value
    at: Location,
    places: Mapping[Location, str],
    model: type[BaseModel] | None,
    environ: Mapping[str, str],
    faults: dict[Location, str],
) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        fields = model.model_fields if model else {}
        return {
            key: _filled(inner, (*at, key), places, inner_model(fields, key), environ, faults)
            for key, inner in value.items()
            if not _is_bare_secret(inner, (*at, key), places, fields, faults)
        }
    if isinstance(value, list):
        return [
            _filled(inner, (*at, index), places, None, environ, faults)
            for index, inner in enumerate(value)
        ]
    if isinstance(value, str):
        return _REFERENCE.sub(
            lambda found: _looked_up(found[1], at, places, environ, faults), value
        )
    return value


def inner_model(fields: Mapping[str, Any], key: object) -> type[BaseModel] | None:
    """The group of settings that stands under `key`, if a group stands there."""
    found = fields.get(key) if isinstance(key, str) else None
    annotation = getattr(found, "annotation", None)
    return annotation if hasattr(annotation, "model_fields") else None


def _is_bare_secret(
    value: object,
    at: Location,
    places: Mapping[Location, str],
    fields: Mapping[str, Any],
    faults: dict[Location, str],
) -> bool:
    written = [one for one in (value if isinstance(value, list) else [value]) if one]
    bare = [one for one in written if isinstance(one, str) and not _REFERENCE.search(one)]
    found = fields.get(str(at[-1]))
    is_secret = bool(bare) and _holds_secrets(getattr(found, "annotation", None))
    if not is_secret and not (at == ("database",) and _has_password(value)):
        return False
    name = _VARIABLES.get(str(at[-1]), str(at[-1]).upper())
    faults[at] = (
        f"{places.get(at, '?')}: `{dotted(at)}`: a secret must not stand in this file;"
        f" write ${{{name}}} and set {name} in the environment"
    )
    return True


def _has_password(url: object) -> bool:
    return bool(_PASSWORD_IN_URL.search(_REFERENCE.sub("", str(url))))


def _holds_secrets(annotation: object) -> bool:
    """Whether a setting is a secret, or a list of them."""
    return annotation is SecretStr or any(map(_holds_secrets, get_args(annotation)))


def _looked_up(
    name: str,
    at: Location,
    places: Mapping[Location, str],
    environ: Mapping[str, str],
    faults: dict[Location, str],
) -> str:
    if name not in environ:
        place = places.get(at, "?")
        faults[at] = f"{place}: `{dotted(at)}`: the environment variable {name} is not set"
    return environ.get(name, "")


def dotted(location: Location) -> str:
    """A location as people write it: `sources[3].url`."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return words.lstrip(".")

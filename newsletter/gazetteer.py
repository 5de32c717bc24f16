"""The field's words from their files: the operator's own, or those shipped with the program."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from newsletter.core.gazetteer import Gazetteer, gazetteer_from
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config import Config

_MISSING = "there is no such file or folder"


def load_gazetteer(config: Config | None = None) -> Gazetteer:
    """The field as data: the operator's file or folder, else what travels with the program.

    Raises:
        ConfigError: the operator's is no gazetteer.
    """
    if config is None or config.gazetteer is None:
        return _shipped()
    place = config.gazetteer
    if not (place.is_dir() or place.is_file()):
        what = "is neither a file nor a folder" if place.exists() else _MISSING
        raise ConfigError([f"`gazetteer`: {place}: {what}"])
    try:
        return gazetteer_from(_read(place))
    except (OSError, TypeError, KeyError, ValueError, RecursionError) as error:
        raise ConfigError([f"{place}: is no gazetteer: {_one_line(error)}"]) from error


def _shipped() -> Gazetteer:
    with resources.as_file(resources.files("newsletter.data").joinpath("gazetteer")) as folder:
        return gazetteer_from(_read(folder))


def _read(place: Path) -> Any:  # noqa: ANN401 - `gazetteer_from` checks what it is
    """A file's data, or that of all the files of a folder as one."""
    if not place.is_dir():
        return _yaml(place)
    files = sorted(place.glob("*.yaml"))
    if not files:
        raise ValueError("there is no .yaml file in the folder")
    return _as_one(files)


def _as_one(files: list[Path]) -> dict[object, Any]:
    found: dict[object, Any] = {}
    for file in files:
        parts = _yaml(file)
        if not isinstance(parts, dict):
            raise TypeError(f"{file.name} is no mapping")
        for part in parts.keys() & found.keys():
            raise ValueError(f"{part} stands in {file.name} and in another file before it")
        found.update(parts)
    return found


def _yaml(file: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(file.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError([f"{file}:{line}: is not valid YAML: {error.problem}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{file}: is not UTF-8 text"]) from error
    except OSError as error:
        raise ConfigError([f"{file}: cannot be read: {error.strerror}"]) from error
    except yaml.YAMLError as error:
        raise ConfigError([f"{file}: is not valid YAML: {_one_line(error)}"]) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

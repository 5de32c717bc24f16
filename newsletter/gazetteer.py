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


def load_gazetteer(config: Config | None = None) -> Gazetteer:
    """The field as data: the operator's file or folder, else what travels with the program.

    Raises:
        ConfigError: the operator's is no gazetteer.
    """
    if config is None or config.gazetteer is None:
        return _shipped()
    try:
        return gazetteer_from(_read(config.gazetteer))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise ConfigError([f"{config.gazetteer}: is no gazetteer: {error}"]) from error


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
    return yaml.load(file.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader

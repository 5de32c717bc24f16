"""The field's words from their file: the operator's own, or the one shipped with the program."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import yaml

from newsletter.core.gazetteer import Gazetteer, gazetteer_from
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.config import Config


def load_gazetteer(config: Config) -> Gazetteer:
    """The field as data: the operator's file, else the one that travels with the program."""
    if config.gazetteer is None:
        text = resources.files("newsletter.data").joinpath("gazetteer.yaml").read_text("utf-8")
        return gazetteer_from(_yaml(text))
    try:
        return gazetteer_from(_yaml(config.gazetteer.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise ConfigError([f"{config.gazetteer}: is no gazetteer: {error}"]) from error


def _yaml(text: str) -> dict[str, object]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, object] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    return found

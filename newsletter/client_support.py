"""What mail clients support: pinned data that travels with the program, and the templates' part.

The data is that of https://www.caniemail.com (MIT licence, kept beside it); `tests/caniemail.py`
makes it. Where a feature fails, `email/fallbacks.yaml` beside the templates says what readers get.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from newsletter.core.client_support import Support, support_from
from newsletter.errors import ConfigError
from newsletter.render import template_folder

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config import Config

FALLBACKS = "email/fallbacks.yaml"


def support_for(config: Config | None = None) -> Support:
    """What clients support, with the fallbacks of the shipped and of the operator's templates.

    Raises:
        ConfigError: a file of fallbacks is not a line of words for each feature.
    """
    folders = [template_folder()]
    if config is not None and config.templates:
        folders.append(config.templates)
    fallbacks: dict[str, str] = {}
    for folder in folders:
        fallbacks |= _fallbacks(folder / FALLBACKS)
    return replace(_known(), fallbacks=fallbacks)


@lru_cache(maxsize=1)
def _known() -> Support:
    file = resources.files("newsletter.data").joinpath("caniemail", "support.json")
    return support_from(json.loads(file.read_text("utf-8")), {})


def _fallbacks(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found = yaml.load(file.read_text("utf-8"), Loader=loader) or {}  # noqa: S506 - a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        words = " ".join(str(error).split())
        raise ConfigError([f"{file}: cannot be read as YAML: {words}"]) from error
    if not isinstance(found, dict):
        raise ConfigError([f'{file}: write a line for each feature, such as css-width: "…"'])
    faults = [fault for key, words in found.items() for fault in _faults(key, words)]
    if faults:
        raise ConfigError([f"{file}: {fault}" for fault in faults])
    return found


def _faults(key: object, words: object) -> list[str]:
    """One that caniemail.com does not know is no fault: its silence may be what is declared."""
    if not (isinstance(key, str) and key.partition("-")[0] in ("css", "html", "image")):
        return [f"{key!r} is no feature; their names are like css-width, html-table, image-png"]
    if not (isinstance(words, str) and words.strip()):
        return [f"{key} needs a sentence that says what a reader gets where it fails"]
    return []

"""The weights in force; and `edition.weights` set in newsletter.yaml, where every other byte stays.

As all of `config_edit`, an edit is tried on the text, read back as a whole, and only written when
it changed the weights and nothing else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from newsletter.config_edit import Change, carry_out
from newsletter.config_lines import UneditableError, scalar, split_lines
from newsletter.core.ranking import Weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from newsletter.config import Config

_EDITION, _WEIGHTS = "edition", "weights"


def weights_in_force(config: Config) -> Weights:
    """The configured weights, as the ranking takes them."""
    return Weights(**config.edition.weights.model_dump())


def set_weights(file: Path, weights: Mapping[str, float]) -> None:
    """Change the named weights in the file, or add them.

    Raises:
        ConfigError: the file cannot be edited by a program, or the environment sets the weights.
        NewsletterError: it cannot be written, or was changed by somebody else meanwhile.
    """
    change = Change(
        on_text=lambda text, _: with_weights(text, weights),
        on_settings=partial(_weighted, weights=weights),
        by_hand="write\n" + "\n".join(weight_lines(weights)),
        not_alone="the edit would not take effect (does the environment set the weights?)",
    )
    carry_out(change, file)


def _weighted(before: Config, weights: Mapping[str, float]) -> Config:
    wanted = before.edition.weights.model_copy(update=dict(weights))
    edition = before.edition.model_copy(update={_WEIGHTS: wanted})
    return before.model_copy(update={_EDITION: edition})


def weight_lines(weights: Mapping[str, float]) -> list[str]:
    """The lines that say these weights in newsletter.yaml."""
    return [f"{_EDITION}:", *_block("  ", weights)]


def _block(indent: str, weights: Mapping[str, float]) -> list[str]:
    return [f"{indent}{_WEIGHTS}:", *_keys(indent * 2, weights)]


def _keys(indent: str, weights: Mapping[str, float]) -> list[str]:
    return [f"{indent}{name}: {scalar(value)}" for name, value in weights.items()]


def with_weights(text: str, weights: Mapping[str, float]) -> str:
    """The text with these weights under `edition:`, on the lines where they stand or on new ones.

    Raises:
        UneditableError: `edition` or its `weights` are not written on lines of their own.
    """
    lines, end = split_lines(text)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    edition = None if root is None else _under(root, _EDITION)
    if edition is None:
        at = len(lines) - (1 if lines[-1] == "" else 0)
        lines[at:at] = weight_lines(weights)
        return end.join(lines)
    known = _under(edition, _WEIGHTS)
    if known is None:
        first = edition.value[0][0].start_mark
        lines[first.line : first.line] = _block(" " * first.column, weights)
    else:
        _set(lines, known, weights)
    return end.join(lines)


def _under(node: Any, key: str) -> Any:  # noqa: ANN401 - a node of YAML
    """The mapping under a key, None where there is no such key."""
    _require_lines(node)
    found = next((value for name, value in node.value if name.value == key), None)
    if found is not None:
        _require_lines(found)
    return found


def _require_lines(node: Any) -> None:  # noqa: ANN401
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        raise UneditableError("`edition.weights` would not stand on lines of its own")


def _set(lines: list[str], known: Any, weights: Mapping[str, float]) -> None:  # noqa: ANN401
    """Write each weight over its present value, behind which its comment stays; add the others."""
    values = {name.value: value for name, value in known.value}
    for name, weight in weights.items():
        if name in values:
            _overwrite(lines, values[name], scalar(weight))
    first = known.value[0][0].start_mark
    new = {name: weight for name, weight in weights.items() if name not in values}
    lines[first.line : first.line] = _keys(" " * first.column, new)


def _overwrite(lines: list[str], node: Any, written: str) -> None:  # noqa: ANN401
    start, end = node.start_mark, node.end_mark
    if not isinstance(node, yaml.ScalarNode) or start.line != end.line:
        raise UneditableError("a weight's present value takes more than one line")
    line = lines[start.line]
    lines[start.line] = line[: start.column] + written + line[end.column :]

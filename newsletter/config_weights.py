"""Sets `edition.weights` in newsletter.yaml; every other byte stays, the comments included.

As in `config_edit`, an edit is tried on the text, read back as a whole, and only written when it
changed the weights and nothing else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import yaml

from newsletter.config_edit import edited_alone, file_bytes, loaded, write_beside
from newsletter.config_lines import UneditableError, scalar, split_lines
from newsletter.errors import ConfigError, NewsletterError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EDITION, _WEIGHTS = "edition", "weights"


def set_weights(file: Path, weights: Mapping[str, float]) -> None:
    """Change the named weights in the file, or add them.

    Raises:
        ConfigError: the file cannot be edited by a program, or the environment sets the weights.
        NewsletterError: it cannot be written, or was changed by somebody else meanwhile.
    """
    real = file.resolve()
    with edited_alone(real):
        before = file_bytes(real)
        try:
            after = with_weights(before.decode(), weights).encode()
        except (UneditableError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            raise _refusal(file, str(error), weights) from error
        beside = real.with_name(f".{real.name}.{os.getpid()}")
        try:
            write_beside(beside, after, real)
            if not _is_as_expected(beside, real, weights):
                why = "the edit would not take effect (does the environment set the weights?)"
                raise _refusal(file, why, weights)
            if file_bytes(real) != before:
                raise NewsletterError(f"{file}: was changed meanwhile; try again")
            beside.replace(real)
        except OSError as error:
            raise NewsletterError(f"{file}: cannot be written: {error.strerror}") from error
        finally:
            beside.unlink(missing_ok=True)


def _is_as_expected(beside: Path, real: Path, weights: Mapping[str, float]) -> bool:
    """Whether the new text means what the old one meant, but for the weights."""
    after, before = loaded(beside, real), loaded(real, real)
    wanted = before.edition.weights.model_copy(update=dict(weights))
    edition = before.edition.model_copy(update={_WEIGHTS: wanted})
    return after == before.model_copy(update={_EDITION: edition})


def _refusal(file: Path, why: str, weights: Mapping[str, float]) -> ConfigError:
    lines = "\n".join(weight_lines(weights))
    return ConfigError([f"{file}: {why}, so it was left as it is; edit it by hand: write\n{lines}"])


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

"""Setting the weights in newsletter.yaml: only they change, or nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from newsletter.cli.init import DEFAULTS, config_text
from newsletter.config import load_config
from newsletter.config_lines import UneditableError
from newsletter.config_weights import set_weights, weight_lines, with_weights
from newsletter.errors import ConfigError

NEW = {"relevance": 0.15, "importance": 0.5}
COMMENTED = """\
# top
edition:
  stories: 6   # not many
  weights:
    # what it is about
    relevance: 0.10   # how clearly
    importance: 0.42  # which kind of event

# below
sources: []
"""


def changed(text: str) -> list[tuple[str, str]]:
    """The lines that an edit changed, old and new."""
    after = with_weights(text, NEW).splitlines()
    return [(a, b) for a, b in zip(text.splitlines(), after, strict=True) if a != b]


def test_a_weight_is_written_over_its_present_value_and_its_comment_stays() -> None:
    assert changed(COMMENTED) == [
        ("    relevance: 0.10   # how clearly", "    relevance: 0.15   # how clearly"),
        (
            "    importance: 0.42  # which kind of event",
            "    importance: 0.5  # which kind of event",
        ),
    ]


def test_a_weight_that_is_not_there_is_added_among_the_others() -> None:
    after = with_weights("edition:\n  weights:\n    novelty: 0.1 # n\n", NEW)
    assert "    novelty: 0.1 # n" in after.splitlines()
    assert yaml.safe_load(after)["edition"]["weights"] == {**NEW, "novelty": 0.1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "newsletter:\n  name: X # x\n",
        "edition:\n  stories: 6 # six\n",
        "edition:\n    # four blanks\n    stories: 6\n",
        "edition:\r\n  stories: 6 # six\r\n",
    ],
)
def test_weights_that_stand_nowhere_are_added_and_every_line_is_kept(text: str) -> None:
    after = with_weights(text, NEW)
    assert yaml.safe_load(after)["edition"]["weights"] == NEW
    assert set(text.split("\n")) - {""} <= set(after.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "{}\n",
        "edition: {stories: 6}\n",
        "edition:\n  weights: {novelty: 0.1}\n",
        "edition:\n",
        "edition:\n  weights:\n    relevance: >\n      0.1\n",
    ],
)
def test_what_does_not_stand_on_lines_of_its_own_is_not_touched(text: str) -> None:
    with pytest.raises(UneditableError):
        with_weights(text, NEW)


def test_the_file_that_init_writes_can_be_edited(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text(config_text(DEFAULTS))
    before = load_config(file, environ={})
    set_weights(file, NEW)
    after = load_config(file, environ={})
    assert after.edition.weights.relevance == 0.15
    assert after.edition.weights.novelty == before.edition.weights.novelty
    assert after.model_copy(update={"edition": before.edition}) == before


def test_a_file_that_cannot_be_edited_stays_as_it_is_and_the_lines_are_told(
    tmp_path: Path,
) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text("edition: {stories: 6}\n")
    with pytest.raises(ConfigError) as refused:
        set_weights(file, NEW)
    assert "\n".join(weight_lines(NEW)) in str(refused.value)
    assert file.read_text() == "edition: {stories: 6}\n"
    assert [one.name for one in tmp_path.iterdir()] == ["newsletter.yaml"]


def test_weights_that_the_environment_sets_are_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_EDITION__WEIGHTS__RELEVANCE", "0.3")
    file = tmp_path / "newsletter.yaml"
    file.write_text(COMMENTED)
    with pytest.raises(ConfigError, match="environment"):
        set_weights(file, NEW)
    assert file.read_text() == COMMENTED


def test_a_bad_weight_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text(COMMENTED)
    with pytest.raises(ConfigError):
        set_weights(file, {"relevance": -1.0})
    assert file.read_text() == COMMENTED

"""Editing newsletter.yaml: only what was asked for changes, or nothing does."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.cli.init import DEFAULTS, config_text
from newsletter.config import load_config
from newsletter.config_edit import add_sources, remove_source, set_key
from newsletter.config_lines import (
    UneditableError,
    scalar,
    with_key,
    with_sources,
    without_source,
)
from newsletter.config_sources import SourceSettings
from newsletter.errors import ConfigError, NewsletterError, UsageError

X = {"name": "X", "url": "https://x.example"}

COMMENTED = """\
# top
sources:
  # Group one
  - name: One   # why
    url: https://one.example/feed
    # between
    weight: 1.2

  # Group two
  - name: Two
    url: https://two.example/feed
    #every: 6h

web:
  port: 8001  # tail
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "newsletter.yaml"
    file.write_bytes(text.encode())
    return file


def sources(file: Path) -> tuple[SourceSettings, ...]:
    return load_config(file).sources


def test_what_is_added_stands_after_the_last_source_and_its_comments() -> None:
    changed = with_sources(COMMENTED, [X])
    assert changed == COMMENTED.replace(
        "    #every: 6h\n", "    #every: 6h\n  - name: X\n    url: https://x.example\n"
    )


def test_a_removed_source_takes_the_comments_inside_with_it_and_no_other() -> None:
    changed = without_source(COMMENTED, 0)
    assert changed == COMMENTED.replace(
        "  - name: One   # why\n    url: https://one.example/feed\n"
        "    # between\n    weight: 1.2\n",
        "",
    )


def test_a_changed_key_keeps_its_place_and_its_comment() -> None:
    assert with_key(COMMENTED, 0, "name", "Uno") == COMMENTED.replace("name: One ", "name: Uno ")


def test_a_key_that_was_not_there_follows_the_others() -> None:
    changed = with_key(COMMENTED, 0, "enabled", False)
    assert changed == COMMENTED.replace(
        "    weight: 1.2\n", "    weight: 1.2\n    enabled: false\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", "a: 1\nsources:\n  - name: X\n    url: https://x.example\n"),
        ("a: 1", "a: 1\nsources:\n  - name: X\n    url: https://x.example"),
        ("", "sources:\n  - name: X\n    url: https://x.example\n"),
        (
            "sources: []  # none\nb: 2\n",
            "sources:  # none\n  - name: X\n    url: https://x.example\nb: 2\n",
        ),
        (
            "sources:\nb: 2\n",
            "sources:\n  - name: X\n    url: https://x.example\nb: 2\n",
        ),
        (
            "sources: ~\n",
            "sources:\n  - name: X\n    url: https://x.example\n",
        ),
        (
            "sources:\n-   name: A\n    url: u\n",
            "sources:\n-   name: A\n    url: u\n-   name: X\n    url: https://x.example\n",
        ),
        (
            "sources:\r\n  - name: A\r\n    url: u\r\n",
            "sources:\r\n  - name: A\r\n    url: u\r\n  - name: X\r\n    url: https://x.example\r\n",
        ),
    ],
)
def test_a_list_is_begun_or_continued_as_the_file_is_written(before: str, after: str) -> None:
    assert with_sources(before, [X]) == after


def test_the_last_source_leaves_an_empty_list() -> None:
    text = "sources:  # none yet\n  - name: A\n    url: u\n"
    assert without_source(text, 0) == "sources: []  # none yet\n"


def test_a_multi_line_text_is_cut_out_whole() -> None:
    text = "sources:\n  - name: A\n    url: >-\n      u\n\n  - name: B\n    url: v\n"
    assert without_source(text, 0) == "sources:\n\n  - name: B\n    url: v\n"


@pytest.mark.parametrize(
    "text",
    [
        "sources: [{name: A, url: u}]\n",
        "{sources: []}\n",
        "sources:\n  -\n    name: A\n    url: u\n",
        "sources: word\n",
        "- a\n",
        "sources:\n  - name: A\r    url: u\n",
    ],
)
def test_an_unusual_list_is_not_touched(text: str) -> None:
    with pytest.raises(UneditableError):
        with_sources(text, [X])


def test_a_source_in_one_line_can_be_removed_but_not_changed() -> None:
    text = "sources:\n  - {name: A, url: u}\n  - {name: B, url: v}\n"
    assert without_source(text, 0) == "sources:\n  - {name: B, url: v}\n"
    with pytest.raises(UneditableError):
        with_key(text, 0, "enabled", False)


def test_a_refusal_says_what_to_write_by_hand(tmp_path: Path) -> None:
    file = written(tmp_path, "sources: [{name: A, url: u}]\n")
    before = file.read_bytes()
    with pytest.raises(ConfigError, match=r"(?s)by hand.*  - name: X\n    url: https://x"):
        add_sources(file, [X])
    assert file.read_bytes() == before


def test_an_edit_that_would_take_no_effect_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, COMMENTED)
    monkeypatch.setenv("NEWSLETTER_SOURCES", "[{name: E, url: v}]")
    with pytest.raises(ConfigError, match="does the environment set `sources`"):
        add_sources(file, [X])
    assert file.read_text() == COMMENTED


def test_blank_lines_that_are_part_of_a_text_stay_part_of_it(tmp_path: Path) -> None:
    file = written(tmp_path, "sources:\n  - name: A\n    url: u\n    group: |+\n      g\n\n")
    add_sources(file, [X])
    assert sources(file)[0].group == "g\n\n"


def test_a_removed_source_that_another_one_refers_to_stays(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "sources:\n  - &a\n    name: A\n    url: u\n  - name: B\n    <<: *a\n",
    )
    before = file.read_bytes()
    with pytest.raises(ConfigError):
        remove_source(file, "A")
    assert file.read_bytes() == before


def test_a_double_name_is_refused_and_nothing_written(tmp_path: Path) -> None:
    file = written(tmp_path, "sources:\n  - name: X\n    url: u\n")
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="two sources are called 'X'") as refused:
        add_sources(file, [X])
    assert "newsletter.yaml:" in str(refused.value)
    assert ".newsletter.yaml" not in str(refused.value)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["newsletter.yaml"]


def test_a_wrong_setting_is_told_in_words(tmp_path: Path) -> None:
    file = written(tmp_path, "a: 1\n")
    with pytest.raises(ConfigError, match="`language`"):
        add_sources(file, [{**X, "language": "English"}])
    with pytest.raises(ConfigError, match="selectors"):
        add_sources(file, [{**X, "kind": "page"}])


def test_mode_and_symbolic_link_stay(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    file = written(real, COMMENTED)
    file.chmod(0o640)
    link = tmp_path / "newsletter.yaml"
    link.symlink_to(file)
    add_sources(link, [X])
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in sources(file)] == ["One", "Two", "X"]


def test_a_file_that_changed_meanwhile_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, COMMENTED)
    theirs = COMMENTED.replace("8001", "8002")
    sync = os.fsync

    def somebody_else_writes(descriptor: int) -> None:
        sync(descriptor)
        file.write_text(theirs)

    monkeypatch.setattr(os, "fsync", somebody_else_writes)
    with pytest.raises(NewsletterError):
        set_key(file, "One", "enabled", False)
    assert file.read_text() == theirs


def test_edits_at_the_same_time_all_take_place(tmp_path: Path) -> None:
    file = written(tmp_path, COMMENTED)
    records = [{"name": f"N{n}", "url": f"https://n{n}.example"} for n in range(6)]
    with ThreadPoolExecutor(6) as together:
        list(together.map(lambda record: add_sources(file, [record]), records))
    assert {one.name for one in sources(file)} == {"One", "Two", *(f"N{n}" for n in range(6))}


def test_a_long_refusal_shows_a_few_of_the_lines(tmp_path: Path) -> None:
    file = written(tmp_path, "sources: [{name: A, url: u}]\n")
    records = [{"name": f"N{n}", "url": f"https://n{n}.example"} for n in range(100)]
    with pytest.raises(ConfigError, match="and 97 more"):
        add_sources(file, records)


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\u2028b", "${HOME}"])
def test_what_cannot_stand_on_one_line_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        scalar(name)


def test_the_starter_file_takes_a_source_and_gives_it_back(tmp_path: Path) -> None:
    file = written(tmp_path, config_text(DEFAULTS))
    before = file.read_bytes()
    for name in ("MINING.COM, rare earths", "Adamas Intelligence"):
        set_key(file, name, "enabled", False)
        assert {one.name: one for one in sources(file)}[name].enabled is False
    assert b"enabled: false  # another reader lists the feed" in file.read_bytes()
    set_key(file, "Adamas Intelligence", "enabled", False)
    file.write_bytes(before)
    add_sources(file, [X])
    remove_source(file, "X")
    assert file.read_bytes() == before


WORDS = st.one_of(
    st.sampled_from(
        ["yes", "No", "null", "~", "1.50", "0x1f", "07:30", "- a", "a: b", "a #b", "#a", "a:",
         "'", '"', "\\", "? a", "| a", "& a", "*a", "{a}", "[a", "a, b", "%a", "@a", "`a", "!a",
         "=", "<<", "2026-01-01", "稀土", "Où: ça", "a ", "🧲", "---", "...", "\ufeffa"]
    ),
    st.text(min_size=1, max_size=40),
)  # fmt: skip
RECORDS = st.fixed_dictionaries(
    {"name": WORDS, "url": st.sampled_from(["https://x.example/a?b=c&d=%20#e", "https://y.example"])},
    optional={
        "group": WORDS,
        "weight": st.floats(0, 3).map(lambda number: round(number, 3)),
        "language": st.sampled_from(["en", "no"]),
        "topics": st.lists(WORDS, min_size=1, max_size=3),
        "enabled": st.booleans(),
        "every": st.sampled_from(["30m", "6h"]),
        "selectors": st.fixed_dictionaries({"item": st.sampled_from(["ul > li", "#a", "a[href]"])}),
    },
)  # fmt: skip
FILES = st.sampled_from(
    [
        COMMENTED,
        COMMENTED.replace("\n", "\r\n"),
        COMMENTED.rstrip("\n"),
        "sources: []\n",
        "sources: []  # none\nstate: var",
        "\ufeffsources:\n- name: A\n  url: https://a.example\n",
        "state: var\nsources:\n    -   name: A\n        url: https://a.example\n\n\n# end",
    ]
)


@settings(max_examples=150, deadline=None)
@given(text=FILES, record=RECORDS)
def test_add_then_remove_gives_the_same_bytes_and_what_is_added_is_what_was_meant(
    text: str, record: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = written(tmp_path_factory.mktemp("edit"), text)
    try:
        add_sources(file, [record])
    except UsageError:  # a name that no line can hold
        assert file.read_bytes() == text.encode()
        return
    meant = SourceSettings.model_validate(record, context={"folder": file.parent})
    assert sources(file)[-1] == meant
    assert all(
        line in file.read_text() for line in text.splitlines() if "#" in line and "[" not in line
    )
    remove_source(file, meant.name)
    assert file.read_bytes() == text.encode()

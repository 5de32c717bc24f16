"""`newsletter check` as a person and a program see it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from newsletter.cli.check_table import counted_words, show_checks
from newsletter.config import load_config
from newsletter.core.check import Finding, Level
from newsletter.core.checks import NAMES
from newsletter.errors import ConfigError
from tests.test_cli import newsletter, set_up


def test_check_shows_every_check_in_a_row_and_counts_them(tmp_path: Path) -> None:
    set_up(tmp_path, "checks: {spam: false, levels: {sender: block}}\n")
    assert newsletter(tmp_path, "run", "--dry-run").returncode == 3
    done = newsletter(tmp_path, "check")
    assert done.returncode == 3, done.stderr
    for name in NAMES:
        assert name in done.stdout, name
    assert done.stdout.rstrip().endswith("1 blocks")
    assert "newsletter: sender: " in done.stderr

    told = json.loads(newsletter(tmp_path, "check", "--json").stdout)
    assert {one["check"] for one in told["checks"]} == set(NAMES)
    assert {"check": "spam score", "level": "pass", "message": "not asked"} in told["checks"]


def test_checks_are_counted_by_their_worst_finding() -> None:
    found = [
        Finding("a", Level.PASS, ""),
        Finding("b", Level.WARN, "x"),
        Finding("b", Level.BLOCK, "y"),
        Finding("c", Level.WARN, "z"),
        Finding("c", Level.PASS, "fine"),
    ]
    assert counted_words(found) == "1 passed, 1 warned, 1 blocks"


def test_what_a_headline_says_is_no_markup_of_the_table() -> None:
    out = StringIO()
    show_checks([Finding("a", Level.WARN, "[red]x[/blue]")], Console(file=out, width=80))
    assert "[red]x[/blue]" in out.getvalue()


@pytest.mark.parametrize("name", ["subjekt", "no such check"])
def test_a_level_for_a_check_that_is_not_there_is_refused_with_the_known_ones(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text(f"checks:\n  levels: {{{name}: warn}}\n")
    with pytest.raises(ConfigError) as refused:
        load_config(file, environ={})
    assert name in str(refused.value)
    assert "links answer" in str(refused.value)


def test_a_level_is_off_warn_or_block(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text('checks:\n  levels: {subject: "off", host names: off}\n')
    with pytest.raises(ConfigError):
        load_config(file, environ={})
    file.write_text('checks:\n  levels: {subject: "off", text part: warn, corroborated: block}\n')
    assert load_config(file, environ={}).checks.levels["subject"] == "off"


@pytest.mark.parametrize("name", ["way out", "personal links", "postal address", "message"])
def test_what_no_mail_may_leave_without_is_not_lowered(tmp_path: Path, name: str) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text(f"checks:\n  levels: {{{name}: warn}}\n")
    with pytest.raises(ConfigError, match="no mail may leave without it"):
        load_config(file, environ={})
    file.write_text(f"checks:\n  levels: {{{name}: block}}\n")
    assert load_config(file, environ={}).checks.levels == {name: "block"}

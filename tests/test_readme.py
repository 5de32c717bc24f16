"""The README tells the truth: its commands exist, its tables are whole, its links lead on."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from newsletter.cli.main import commands
from newsletter.config import Config, load_config

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def told_commands() -> list[str]:
    found = re.findall(r"(?:\.venv/bin/)?newsletter ((?:[a-z-]+ ?)+(?:--[a-z-]+ ?)*)", README)
    return sorted({words.strip() for words in found if words.split()[0] in all_commands()})


def all_commands() -> dict[str, click.Command]:
    context = click.Context(commands)
    found = {name: commands.get_command(context, name) for name in commands.list_commands(context)}
    return {name: command for name, command in found.items() if command}


@pytest.mark.parametrize("words", told_commands())
def test_every_command_in_the_readme_exists_with_its_options(words: str) -> None:
    command: click.Command = commands
    for word in words.split():
        if word.startswith("--"):
            options = {name for parameter in command.params for name in parameter.opts}
            assert word in options, f"{words}: no option {word}"
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found, f"{words}: no command {word}"
            command = found


def test_the_readme_names_every_command() -> None:
    missing = [name for name in all_commands() if f"newsletter {name}" not in README]
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/configuration.md"])
def test_every_link_to_a_file_leads_to_one(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_every_path_that_contributing_names_exists() -> None:
    paths = re.findall(
        r"`((?:newsletter|tests|docs|subscribers|templates)/[\w./-]*)`", CONTRIBUTING
    )
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_makes_targets_are_those_the_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z]+)(?: |`|$)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_ci_calls_the_readmes_test_command() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")


def settings(model: type, values: object, prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]
        value = getattr(values, name)
        if hasattr(field.annotation, "model_fields"):
            found += settings(field.annotation, value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", value))
    return found


def test_the_reference_lists_every_setting_with_its_default_and_a_meaning() -> None:
    for name, value in settings(Config, load_config(None, environ={})):
        if name == "sources":
            continue
        row = re.search(rf"^\| `{re.escape(name)}` \| (.*?) ?\| (.+) \|$", REFERENCE, re.MULTILINE)
        assert row, f"{name} has no row, or no meaning"
        if isinstance(value, str | int | float | bool) and value != "":
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            assert row[1] == f"`{shown}`", name


def test_the_reference_lists_nothing_that_is_not_there() -> None:
    known = {name for name, _ in settings(Config, load_config(None, environ={}))}
    told = re.findall(
        r"^\| `([a-z_]+(?:\.[a-z_]+)*)` \|", REFERENCE.split("## Sources")[0], re.MULTILINE
    )
    assert set(told) <= known

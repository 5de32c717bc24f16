"""`newsletter subscribers`: the list of its commands, each read from its file when it is called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "list": "people_list:list_",
    "show": "people_shown:show",
    "add": "people_acts:add",
    "import": "people_files:import_",
    "export": "people_files:export",
    "suppress": "people_acts:suppress",
    "lift": "people_acts:lift",
    "erase": "people_acts:erase",
    "stats": "people_stats:stats",
}
"""Command -> the file beside this one and the name in it, in the order of the help."""


class _Commands(click.Group):
    """The commands of `COMMANDS`, each imported when it is called or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            file, name = COMMANDS[cmd_name].split(":")
            self.add_command(getattr(import_module(f"newsletter.cli.{file}"), name), cmd_name)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands)
def subscribers() -> None:
    """Who is on the list: see, add, move in and out, never mail again, erase."""

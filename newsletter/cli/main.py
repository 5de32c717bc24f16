"""`newsletter`: the list of commands, and what happens when one of them fails.

Nothing heavy is imported here or at the top of a command's file, so that `--help` answers fast.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from importlib import import_module

import click

from newsletter import __version__
from newsletter.errors import ConfigError, NewsletterError, TemporaryError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
INTERRUPTED = 130  # what shells use for a program ended by Ctrl-C

EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 held by a check,"
    " 75 temporary failure (try again), 130 interrupted."
)


COMMANDS = {
    "init": "init:init",
    "demo": "demo:demo",
    "run": "day:run",
    "sources": "sources:sources",
    "collect": "collect:collect",
    "extract": "extract:extract",
    "rank": "rank:rank",
    "draft": "day:draft",
    "decide": "decide:decide",
    "preview": "preview:preview",
    "correct": "correct:correct",
    "check": "day:check",
    "send": "day:send",
    "market": "market:market",
    "learn": "learn:learn",
    "radar": "radar:radar",
    "calendar": "calendar:calendar",
    "doctor": "doctor:doctor",
    "subscribers": "people:subscribers",
    "notify": "notify:notify",
    "serve": "site:serve",
    "status": "site:status",
}
"""Command -> the file beside this one and the name in it; a file is read when it is needed."""


class _Commands(click.Group):
    """The commands of `COMMANDS`, each imported when it is called or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            file, name = COMMANDS[cmd_name].split(":")
            self.add_command(getattr(import_module(f"newsletter.cli.{file}"), name), cmd_name)
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newsletter")
def commands() -> None:
    """A daily newsletter: collects an industry's feeds, picks the day's stories, sends the edition.

    New here? `newsletter demo` shows a whole day on this machine, `newsletter init` starts your
    own.
    """


def main(arguments: list[str] | None = None) -> None:
    """The console script: run a command and answer with an exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    sys.exit(_outcome(words))


def _outcome(words: list[str]) -> int:
    try:
        result = commands.main(words, prog_name="newsletter", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return _told(words, error.format_message(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        message = "Interrupted; nothing half-written was kept. Run it again to go on."
        click.echo(message, err=True)
        return _told(words, message, INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user
        return _failed(error, words)
    return result if isinstance(result, int) else 0


def _failed(error: Exception, words: list[str]) -> int:
    if "--debug" in words:
        import traceback

        traceback.print_exception(error)
    known = _known(error)
    faults = known.faults if isinstance(known, ConfigError) else [str(known)]
    for fault in faults:
        click.echo(f"newsletter: {fault}", err=True)
    return _told(words, str(known), known.exit_code)


def _told(words: list[str], message: str, code: int) -> int:
    if "--json" in words:
        click.echo(json.dumps({"error": message, "exit_code": code}, ensure_ascii=False))
    return code


def _known(error: Exception) -> NewsletterError:
    """Ours as it is, a database's or the system's in our words, anything else as our own fault."""
    if isinstance(error, NewsletterError):
        return error
    if "django.db" in sys.modules:
        from django.db import DatabaseError

        from newsletter.store.schema import database_fault

        if isinstance(error, DatabaseError):
            return database_fault(error)
    if isinstance(error, OSError) and error.strerror:
        kind = TemporaryError if error.errno in FULL else NewsletterError
        return kind(f"{error.filename or 'the system'}: {error.strerror}")
    return NewsletterError(
        f"unexpected fault: {type(error).__name__}: {error};"
        " nothing half-written was kept; --debug shows where it happened"
    )

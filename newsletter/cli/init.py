"""`newsletter init`: five questions, and a newsletter.yaml that explains itself."""

from __future__ import annotations

import json
import sys
from importlib import resources
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import DEFAULT_FILE, Options, shared_options
from newsletter.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config_values import Settings

TRANSPORTS = ("files", "smtp", "sendgrid")
DEFAULTS = {
    "name": "Straight Into Your Inbox",
    "sender": "Straight Into Your Inbox <daily@news.example.org>",
    "postal_address": "1 Example Street, Example Town",
    "when": "07:30 UTC",
    "transport": "files",
}
QUESTIONS = {
    "name": "Name of the newsletter",
    "sender": "Sender, as Name <address>",
    "postal_address": "Postal address (the law wants it in every mail)",
    "when": "Send time and time zone (such as 07:30 Europe/Berlin)",
    "transport": f"Transport ({', '.join(TRANSPORTS)})",
}


@click.command()
@shared_options
@click.option("--yes", "takes_defaults", is_flag=True, help="Ask nothing, take the defaults.")
@click.option("--force", "overwrites", is_flag=True, help="Overwrite an existing file.")
def init(options: Options, takes_defaults: bool, overwrites: bool) -> None:
    """Write newsletter.yaml: five questions, every setting explained, real sources to start."""
    file = options.config or DEFAULT_FILE
    if file.exists() and not overwrites:
        raise UsageError(f"{file} exists and was left as it is; --force overwrites it")
    try:
        answers = {name: DEFAULTS[name] if takes_defaults else _asked(name) for name in QUESTIONS}
    except click.Abort:
        click.echo(f"\n{file} was not written.", err=True)
        if sys.stdin.isatty():
            raise
        raise UsageError("there is nobody to ask here; --yes takes the defaults") from None
    text = config_text(answers)
    _write(file, text)
    if options.as_json:
        click.echo(json.dumps({"file": str(file), "sources": _count(text)}))
        return
    click.echo(f"Wrote {file} with {_count(text)} sources to read. Next:")
    where = f" --config {file}" if options.config else ""
    click.echo(f"  newsletter doctor{where}                      what is still missing")
    click.echo(f"  newsletter subscribers add ADDRESS{where}     a first reader: you")
    click.echo(
        f"  newsletter run --dry-run{where}               today's edition, without sending it"
    )


def config_text(answers: dict[str, str]) -> str:
    """The whole file: the commented settings with the answers in them, and the starter sources."""
    from jinja2 import Environment, StrictUndefined

    data = resources.files("newsletter.data")
    starter = data.joinpath("starter-sources.yaml").read_text("utf-8")
    send_at, _, zone = answers["when"].strip().partition(" ")
    values = {name: json.dumps(answer, ensure_ascii=False) for name, answer in answers.items()}
    values |= {"send_at": json.dumps(send_at), "timezone": json.dumps(zone.strip() or "UTC")}
    values |= {"transport": answers["transport"], "sources": starter[starter.index("sources:") :]}
    template = data.joinpath("newsletter.yaml.j2").read_text("utf-8")
    plain = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - YAML
    return plain.from_string(template).render(values)


def _asked(name: str) -> str:
    """Ask until the answer is one that the configuration takes."""
    while True:
        answer: str = click.prompt(QUESTIONS[name], default=DEFAULTS[name], err=True)
        faults = _faults(name, answer)
        if not faults:
            return answer
        click.echo(f"  {faults[0]}", err=True)


def _faults(name: str, answer: str) -> list[str]:
    """What the configuration's own rules say of one answer."""
    from pydantic import ValidationError

    from newsletter.config import IdentitySettings, ScheduleSettings
    from newsletter.config_delivery import DeliverySettings
    from newsletter.config_faults import in_words

    send_at, _, zone = answer.strip().partition(" ")
    model: type[Settings] = IdentitySettings
    values: dict[str, str] = {name: answer}
    if name == "when":
        model, values = ScheduleSettings, {"send_at": send_at, "timezone": zone.strip() or "UTC"}
    elif name == "transport":
        model, values = DeliverySettings, {name: answer}
    try:
        model.model_validate(values)
    except ValidationError as error:
        return [in_words(detail) for detail in error.errors()]
    return []


def _write(file: Path, text: str) -> None:
    from newsletter.preview import write_whole

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text)
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be written: {error.strerror}") from error


def _count(text: str) -> int:
    import yaml

    sources = yaml.safe_load(text)["sources"]
    return sum(1 for source in sources if source.get("enabled", True))

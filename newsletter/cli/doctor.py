"""`newsletter doctor`: what is wrong with a set-up, before it bites."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.core.check import Level
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from newsletter.config_edition import SectionSettings
    from newsletter.ports import App
    from newsletter.transports.dkim import DkimSigner

SPACE_WANTED = 200_000_000  # bytes; a year of editions and entries fits
_SIGNS = {Level.PASS: ("✓", "green"), Level.WARN: ("!", "yellow"), Level.BLOCK: ("✗", "red")}


@dataclass(frozen=True)
class Diagnosis:
    """One thing looked at: how it stands, and what to do where it does not stand well."""

    part: str
    level: Level
    message: str


@click.command()
@shared_options
@click.option("--offline", is_flag=True, help="Ask no server: leave out the sources and DNS.")
def doctor(options: Options, offline: bool) -> int:
    """Look at configuration, database, templates, sources, transport and DNS."""
    from newsletter.cli.watch import Watch, stderr_console

    watch = Watch(None if options.as_json else stderr_console())
    app = open_app(open_config(options), watch)
    parts = (_settings, _database, _audience, _templates, _transport)
    found = [diagnosis for part in parts for diagnosis in _safely(part, app)]
    if not offline:
        found += [diagnosis for part in (_sources, _dns, _dkim) for diagnosis in _safely(part, app)]
    if options.as_json:
        click.echo(
            json.dumps({"doctor": [asdict(one) for one in found]}, ensure_ascii=False, indent=2)
        )
    else:
        _show(found)
    return 1 if any(one.level is Level.BLOCK for one in found) else 0


def _show(found: list[Diagnosis]) -> None:
    from rich.markup import escape

    from newsletter.cli.watch import stdout_console

    console = stdout_console()
    for one in found:
        sign, colour = _SIGNS[one.level]
        console.print(
            f"[{colour}]{sign}[/{colour}] {one.part:14} {escape(one.message)}", soft_wrap=True
        )


def _safely(part: Callable[[App], Iterator[Diagnosis]], app: App) -> Iterator[Diagnosis]:
    try:
        yield from part(app)
    except NewsletterError as error:
        yield Diagnosis(part.__name__.strip("_"), Level.BLOCK, str(error))


def _settings(app: App) -> Iterator[Diagnosis]:
    from newsletter.core.events import OTHER
    from newsletter.gazetteer import load_gazetteer

    config = app.config
    sources = len(config.enabled_sources())
    yield Diagnosis(
        "configuration", Level.PASS, f"read; {sources} sources, {config.delivery.transport}"
    )
    if not sources:
        yield Diagnosis(
            "configuration", Level.BLOCK, "no source is configured: add some under `sources:`"
        )
    kinds = {*load_gazetteer(config).events, OTHER.name}
    yield from _unknown_kinds(config.edition.sections, kinds)
    free = shutil.disk_usage(config.state).free
    if free < SPACE_WANTED:
        yield Diagnosis("disk", Level.WARN, f"{free // 1_000_000} MB are left at {config.state}")


def _unknown_kinds(
    sections: Sequence[SectionSettings], kinds: Collection[str]
) -> Iterator[Diagnosis]:
    """The kinds of event that a section asks for and no story will ever be of."""
    for section in sections:
        for kind in section.kinds:
            if kind not in kinds:
                where = f"`edition.sections`: {section.name}"
                words = f"{where}: there is no kind of event {kind!r}{_nearest(kind, kinds)}"
                yield Diagnosis("sections", Level.WARN, words)


def _nearest(kind: str, kinds: Collection[str]) -> str:
    near = get_close_matches(kind, kinds, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(kinds))}"


def _database(_app: App) -> Iterator[Diagnosis]:
    from newsletter.store.schema import prove_writable

    yield Diagnosis("database", Level.PASS, f"{prove_writable()}; the tables are up to date")


def _audience(app: App) -> Iterator[Diagnosis]:
    from newsletter.segments import aim_of

    people = aim_of(app.config, app.today).count(app.today)
    if people:
        yield Diagnosis("subscribers", Level.PASS, f"{people} would get today's edition")
    else:
        words = "nobody yet: `newsletter subscribers add ADDRESS`"
        yield Diagnosis("subscribers", Level.WARN, words)


def _templates(app: App) -> Iterator[Diagnosis]:
    """The templates with a made-up edition, and the checks that depend on the set-up alone."""
    from newsletter.core.checks import examine
    from newsletter.core.pictures import mailed_size
    from newsletter.review import proof_of
    from newsletter.sample.edition import sample_draft

    proof = proof_of(app, sample_draft(app.clock.now(), app.config.zone), for_delivery=True)
    yield Diagnosis("templates", Level.PASS, f"render, {mailed_size(proof.html) / 1000:.0f} kB")
    for finding in examine(proof):
        if finding.level is not Level.PASS and finding.check in _SET_UP_CHECKS:
            yield Diagnosis(finding.check, finding.level, finding.message)


_SET_UP_CHECKS = {
    "way out",
    "postal address",
    "sender",
    "links to us",
    "size",
    "HTML",
    "valid HTML",
    "headings",
    "alt texts",
    "picture sizes",
    "picture weight",
    "remote pictures",
    "active content",
    "mail clients",
    "contrast",
    "placeholders",
}


def _transport(app: App) -> Iterator[Diagnosis]:
    yield Diagnosis("transport", Level.PASS, app.transport.diagnose())


def _sources(app: App) -> Iterator[Diagnosis]:
    from newsletter.collect import probe

    sources = app.config.enabled_sources()
    with app.progress.stage("collect"):
        reports = probe(app, sources)
    failed = [report for report in reports if report.problem]
    if reports and len(failed) == len(reports):
        first = f"{failed[0].name}: {failed[0].problem}"
        words = f"none of {len(reports)} answers: is this machine online? The first: {first}"
        yield Diagnosis("sources", Level.BLOCK, words)
        return
    yield Diagnosis("sources", Level.PASS, f"{len(reports) - len(failed)} of {len(reports)} answer")
    for report in failed:
        yield Diagnosis("source", Level.WARN, f"{report.name}: {report.problem}")


def _dns(app: App) -> Iterator[Diagnosis]:
    from newsletter.core.headers import mailbox
    from newsletter.dns import REQUIRED, sending_records

    domain = mailbox(app.config.newsletter.sender).address.rpartition("@")[2]
    records = sending_records(domain)
    if records is None:
        yield Diagnosis("DNS", Level.WARN, f"not looked at: no resolver answers for {domain}")
        return
    needs = app.config.delivery.transport != "files"
    for name, text, advice in records:
        is_missed = needs and name in REQUIRED
        level = Level.PASS if text else (Level.BLOCK if is_missed else Level.WARN)
        yield Diagnosis(f"DNS {name}", level, text or f"{domain} has none; {advice}")


def _dkim(app: App) -> Iterator[Diagnosis]:
    from newsletter.build import dkim_signer_of

    signer = dkim_signer_of(app.config)
    if signer:
        yield from diagnose_dkim(signer)


def diagnose_dkim(signer: DkimSigner) -> Iterator[Diagnosis]:
    """Whether receivers find the key that belongs to ours."""
    from newsletter.core.dkim import is_same_key
    from newsletter.dns import key_record

    place, wanted = signer.record_name, signer.record
    found = key_record(place)
    if found is None:
        yield Diagnosis("DNS DKIM", Level.WARN, f"not looked at: no resolver answers for {place}")
    elif is_same_key(found, wanted):
        yield Diagnosis("DNS DKIM", Level.PASS, f"{place} publishes our key")
    else:
        fault = "publishes another key" if found else "has no record"
        words = f"{place} {fault}, so every signature is worthless; publish the TXT record {wanted}"
        yield Diagnosis("DNS DKIM", Level.BLOCK, words)

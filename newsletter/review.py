"""Step 3: the checks; approve and freeze when all gates are green, else hold and say why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.client_support import support_for
from newsletter.core.check_links import links_to_ask
from newsletter.core.checks import PAGE_CHECKS, blocks, examine
from newsletter.core.proof import Proof, Thresholds, block
from newsletter.errors import UsageError
from newsletter.link_answers import ask_links
from newsletter.messages import message_fault, render_edition, trial_message
from newsletter.render import PREFERENCES_URL, UNSUBSCRIBE_URL, RenderedEdition
from newsletter.segments import aim_of
from newsletter.spam import rated
from newsletter.store import editions
from newsletter.variants import keep_variants, pages_to_check

if TYPE_CHECKING:
    from newsletter.config import Config
    from newsletter.core.check import Finding
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.proof import LinkAnswers, SpamRating
    from newsletter.ports import App
    from newsletter.variants import Page

_EARLIER = timedelta(days=7)


@dataclass(frozen=True)
class Review:
    """An edition as readers would see it, and what the checks say of it."""

    rendered: RenderedEdition
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> tuple[Finding, ...]:
        """What keeps it from leaving; empty when all gates are green."""
        return blocks(self.findings)


def review(app: App, edition: Edition, *, for_delivery: bool, is_thorough: bool = False) -> Review:
    """Render the draft once and run every check. Nothing is saved.

    `for_delivery` also asks what only matters when mail leaves: an audience, a real sender,
    whether the links answer, whether the pages of other choices can leave and, where mail leaves
    this machine, how spam filters would take it.
    With `is_thorough` that last one is asked wherever mail goes.
    """
    proof = proof_of(app, edition.draft, for_delivery=for_delivery, approved=frozen(edition))
    rendered = RenderedEdition(proof.subject, proof.html, proof.text)
    if for_delivery:
        proof = replace(
            proof,
            answers=_answers(app, proof),
            spam=_spam(app, proof, rendered) if is_thorough or proof.leaves_this_machine else None,
        )
    findings = examine(proof)
    others = _of_other_pages(app, edition, proof, findings) if for_delivery else ()
    return Review(rendered, (*findings, *others))


def _of_other_pages(
    app: App, edition: Edition, proof: Proof, known: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """What keeps the pages of other choices from leaving, where the edition's own does not tell."""
    told = {(one.check, one.message) for one in known}
    found: dict[tuple[str, str], Finding] = {}
    for name, page in pages_to_check(app, edition):
        for one in _blocking(proof, page):
            if (one.check, one.message) not in told:
                named = replace(one, message=f"in {name}: {one.message}")
                found.setdefault((one.check, one.message), named)
    return tuple(found.values())


def _blocking(proof: Proof, page: Page | str) -> tuple[Finding, ...]:
    if isinstance(page, str):
        return (block("message", page),)
    variant = page.variant
    other = replace(
        proof,
        draft=page.draft,
        subject=variant.subject,
        html=variant.html,
        text=variant.text,
        message_fault="",  # rendering it has asked that
    )
    return blocks(examine(other, only=PAGE_CHECKS))


def _answers(app: App, proof: Proof) -> LinkAnswers | None:
    checks = app.config.checks
    return ask_links(app, links_to_ask(proof), checks.link_seconds) if checks.links else None


def _spam(app: App, proof: Proof, rendered: RenderedEdition) -> SpamRating | None:
    if proof.message_fault or not app.config.checks.spam:
        return None
    return rated(trial_message(rendered, app.config, app.clock.now()))


def frozen(edition: Edition) -> RenderedEdition | None:
    """What was approved, where it was: that is what leaves, whatever templates say by now."""
    if not edition.is_frozen:
        return None
    return RenderedEdition(edition.subject, edition.html, edition.text)


def proof_of(
    app: App, draft: Draft, *, for_delivery: bool, approved: RenderedEdition | None = None
) -> Proof:
    """The draft rendered (or as it was frozen), with everything that the checks look at."""
    config = app.config
    rendered = approved or render_edition(draft, config)
    before = editions.load_last_told(since=draft.date - _EARLIER, before=draft.date)
    return Proof(
        draft=draft,
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        unsubscribe=UNSUBSCRIBE_URL,
        preferences=PREFERENCES_URL,
        sender=config.newsletter.sender,
        postal_address=config.newsletter.postal_address,
        base_url=config.web.base_url,
        transport=config.delivery.transport,
        recipients=aim_of(config, app.today).count(app.today) if for_delivery else None,
        support=support_for(config),
        message_fault=message_fault(rendered, config, app.clock.now()),
        thresholds=_thresholds(config),
        earlier=(before,) if before else (),
        allowed_hosts=frozenset(map(str.lower, config.collect.allow_hosts)),
    )


def _thresholds(config: Config) -> Thresholds:
    checks = config.checks
    return Thresholds(
        least_stories=config.edition.least_stories,
        warn_kilobytes=checks.warn_kilobytes,
        block_kilobytes=checks.block_kilobytes,
        warn_picture_kilobytes=checks.warn_picture_kilobytes,
        corroborated=checks.corroborated,
        dead_links_block=checks.dead_links_block,
        spam_score=checks.spam_score,
        spam_block=checks.spam_block,
        clients=checks.clients,
        levels=checks.levels,
    )


def approve(
    app: App, edition: Edition, reviewed: Review, reason: str, to: editions.To = editions.EVERYBODY
) -> Edition:
    """Freeze the edition, its variants, and whom it goes to: what is approved is what leaves.

    Raises:
        NewsletterError: a variant cannot be rendered or mailed; nothing is approved then.
        UsageError: nobody who may be mailed is in the named segments.
    """
    if to != editions.EVERYBODY and not _readers(app, to):
        raise UsageError(
            f"nobody who may be mailed is meant {to.words}; nothing was approved and nothing sent"
        )
    notes = keep_variants(app, edition)  # outside, so that nobody else waits while they are made
    rendered = reviewed.rendered
    with transaction.atomic():
        return editions.save_approval(
            edition,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            content_hash=content_hash(rendered),
            reason="; ".join((reason, *notes)),
            now=app.clock.now(),
            to=to,
        )


def _readers(app: App, to: editions.To) -> int:
    return aim_of(app.config, app.today, to.only, to.without).count(app.today)


@transaction.atomic
def hold(edition: Edition, reviewed: Review) -> str:
    """Keep the edition back; returns the reason in one line."""
    reason = "; ".join(f"{finding.check}: {finding.message}" for finding in reviewed.blocked)
    editions.save_hold(edition, reason)
    return reason


def content_hash(rendered: RenderedEdition) -> str:
    """SHA-256 over what leaves, in hexadecimal."""
    whole = f"{rendered.subject}\0{rendered.html}\0{rendered.text}"
    return hashlib.sha256(whole.encode()).hexdigest()

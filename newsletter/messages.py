"""From a draft to finished messages: the rendered edition, its template, a reader's copy."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.core.depth import Depth
from newsletter.core.headers import Mailbox, mailbox
from newsletter.core.links import archive_url
from newsletter.core.mail import Feedback, Identity, Letter, message_template, personalise
from newsletter.core.page import Brand, page_for
from newsletter.core.personal import UnknownLinkError
from newsletter.core.theme import Theme
from newsletter.errors import ConfigError
from newsletter.logo import read_logo
from newsletter.render import RenderedEdition, Renderer
from subscribers.tokens import TOKEN_LENGTH, Purpose, make_token

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.config import Config
    from newsletter.core.delivery import Delivery, Message
    from newsletter.core.edition import Draft, Edition
    from newsletter.core.mail import MessageTemplate
    from newsletter.core.variant import Variant
    from newsletter.ports import App

LABEL = 63  # letters of one part of a domain name (RFC 1035, 2.3.4)
_TOKENS = {"unsubscribe": TOKEN_LENGTH, "preferences": TOKEN_LENGTH}


@dataclass(frozen=True)
class Press:
    """What makes pages of drafts: the templates and who sends, read once for all of them."""

    renderer: Renderer
    brand: Brand
    home_url: str

    def page(
        self, draft: Draft, depth: Depth = Depth.STANDARD, *, is_archived: bool = True
    ) -> RenderedEdition:
        """The draft as readers will see it; personal links stand as tokens.

        A page that is not the one archived for its date has no link to that.

        Raises:
            TemplateError: a template is missing, broken, or uses what nobody gave.
            ConfigError: `theme.blocks` names a block that has no template.
        """
        view_url = archive_url(self.home_url, draft.date) if is_archived else None
        return self.renderer.edition(page_for(draft, self.brand, depth), view_url=view_url)


def press_of(config: Config) -> Press:
    """The press of the configured templates, theme and logo.

    Raises:
        ConfigError: `templates` or `theme.logo` name what is not there.
    """
    if config.templates and not config.templates.is_dir():
        raise ConfigError([f"`templates`: {config.templates}: there is no such folder"])
    renderer = Renderer(*([config.templates] if config.templates else []))
    return Press(renderer, edition_brand(config), config.web.base_url)


def render_edition(
    draft: Draft, config: Config, depth: Depth = Depth.STANDARD, *, is_archived: bool = True
) -> RenderedEdition:
    """One page of `Press`, where no other is made with it.

    Raises:
        TemplateError: a template is missing, broken, or uses what nobody gave.
        ConfigError: `templates`, `theme.logo` or `theme.blocks` name what is not there.
    """
    return press_of(config).page(draft, depth, is_archived=is_archived)


def brand_of(config: Config) -> Brand:
    """Who sends, as templates show it, without the logo that only editions have."""
    identity, theme = config.newsletter, config.theme
    return Brand(
        name=identity.name,
        tagline=identity.tagline,
        sender_name=mailbox(identity.sender).name or identity.name,
        postal_address=identity.postal_address,
        why=identity.why,
        home_url=config.web.base_url,
        accent=identity.accent,
        language=identity.language,
        time_zone=config.schedule.timezone,
        theme=Theme(
            ground=theme.ground,
            card=theme.card,
            ink=theme.ink,
            muted=theme.muted,
            heading_font=theme.heading_font,
            text_font=theme.text_font,
            blocks=theme.blocks,
        ),
        privacy_url=config.web.privacy_url or f"{config.web.base_url}/privacy",
        near_hosts=frozenset(map(str.lower, config.collect.allow_hosts)),
    )


def edition_brand(config: Config) -> Brand:
    """Who sends an edition: `brand_of`, with the logo in its masthead.

    Raises:
        ConfigError: the logo's file cannot be read, or is no picture.
    """
    brand, settings = brand_of(config), config.theme
    if settings.logo is None:
        return brand
    logo = read_logo(settings.logo, settings.logo_width)
    theme = replace(
        brand.theme,
        logo=logo.address,
        logo_alt=settings.logo_alt or brand.name,
        logo_width=logo.width,
        logo_height=logo.height,
    )
    return replace(brand, theme=theme)


def template_for(
    app: App, edition: Edition, variant: Variant, *, has_html: bool = True
) -> MessageTemplate:
    """The message of a frozen edition as the readers of a variant get it, made once.

    All variants go by the edition's key, so that a reader's copy is known again whatever was
    chosen in between.

    Raises:
        ConfigError: the sender or the base URL cannot stand in a message.
    """
    html = variant.html if has_html else ""
    rendered = RenderedEdition(variant.subject, html, variant.text)
    date = edition.date.isoformat()
    key = f"{date}:{edition.content_hash}"
    try:
        return _template(key, rendered, app.config, app.clock.now(), date)
    except ValueError as error:
        raise ConfigError([f"the edition cannot become a message: {error}"]) from error


def message_fault(rendered: RenderedEdition, config: Config, now: datetime) -> str:
    """Why an edition cannot become a message; empty where it can."""
    try:
        _template("try", rendered, config, now)
    except UnknownLinkError as error:
        return f"it cannot become a message: {error}; take that link out of your templates"
    except ValueError as error:
        return f"it cannot become a message: {error}; look at `newsletter` and `web.base_url`"
    return ""


def trial_message(rendered: RenderedEdition, config: Config, now: datetime) -> bytes:
    """The finished message for a reader who does not exist, for programs that judge messages.

    Raises:
        ValueError: it cannot become a message; `message_fault` says why.
    """
    values = {name: "A" * length for name, length in _TOKENS.items()}
    reader = Mailbox("reader@example.org")
    template = _template("try", rendered, config, now)
    return personalise(template, delivery_id=0, recipient=reader, values=values).content


def _template(
    key: str, rendered: RenderedEdition, config: Config, now: datetime, campaign: str = ""
) -> MessageTemplate:
    language = config.newsletter.language
    return message_template(
        key,
        Letter(rendered.subject, rendered.html, rendered.text, language),
        identity_of(config),
        date=now,
        tokens=_TOKENS,
        feedback=Feedback(campaign, "edition"),
    )


def identity_of(config: Config) -> Identity:
    """Who an edition comes from, as its headers say it."""
    sender = mailbox(config.newsletter.sender)
    domain = sender.address.rpartition("@")[2]
    words = re.sub(r"[^a-z0-9]+", "-", config.newsletter.name.lower())
    slug = words[:LABEL].strip("-") or "newsletter"
    reply_to = config.newsletter.reply_to
    return Identity(
        sender=sender,
        list_id=f"{slug}.{domain}",
        list_name=config.newsletter.name,
        base_url=config.web.base_url,
        message_id_domain=domain,
        reply_to=mailbox(reply_to) if reply_to else None,
    )


def message_for(app: App, template: MessageTemplate, delivery: Delivery) -> Message:
    """One reader's copy, with that reader's own links."""
    key = app.signing_key
    values = {
        "unsubscribe": make_token(delivery.subscriber_id, Purpose.LEAVE, key),
        "preferences": make_token(delivery.subscriber_id, Purpose.PREFERENCES, key),
    }
    recipient = Mailbox(delivery.address, delivery.name)
    return personalise(template, delivery_id=delivery.id, recipient=recipient, values=values)

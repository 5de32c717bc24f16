"""The mail that tells a correction to those who got the wrong edition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.catalogue import supported
from newsletter.core.corrections import in_short
from newsletter.core.headers import mailbox
from newsletter.core.links import archive_url
from newsletter.core.mail import Feedback, message_template
from newsletter.core.words import clean
from newsletter.errors import ConfigError
from newsletter.messages import brand_of, identity_of
from newsletter.notices_mail import rendered, renderer_of
from newsletter.render import Links
from subscribers.tokens import TOKEN_LENGTH

if TYPE_CHECKING:
    from newsletter.config import Config
    from newsletter.core.beside import Correction
    from newsletter.core.mail import Letter, MessageTemplate
    from newsletter.ports import App


def correction_template(app: App, one: Correction, *, has_html: bool = True) -> MessageTemplate:
    """The message of a correction, made once for all readers of a format.

    Raises:
        TemplateError: a template is missing, broken, or uses what nobody gave.
        ConfigError: the sender or the base URL cannot stand in a message.
    """
    letter = letter_for(one, app.config)
    # The moment tells it from a correction of the same number in another database.
    key = f"correction:{one.id}:{one.made_at.isoformat()}"
    try:
        return message_template(
            key,
            letter if has_html else replace(letter, html=""),
            identity_of(app.config),
            date=app.clock.now(),
            tokens={"unsubscribe": TOKEN_LENGTH, "preferences": TOKEN_LENGTH},
            feedback=Feedback(str(one.day), "correction"),
        )
    except ValueError as error:
        raise ConfigError([f"the correction cannot become a message: {error}"]) from error


def letter_for(one: Correction, config: Config) -> Letter:
    """The wording of a correction's mail, in the newsletter's language.

    Raises:
        TemplateError: a template is missing, broken, or uses what nobody gave.
    """
    brand = brand_of(config)
    short_wrong, short_right = in_short(one.wrong, one.right)
    language = supported(config.newsletter.language) or "en"
    values = {
        "brand": brand,
        "contact": mailbox(config.newsletter.reply_to or config.newsletter.sender).address,
        "palette": brand.palette,
        "language": language,
        "spoken": language,
        "direction": "ltr",
        "link": archive_url(config.web.base_url, one.day),
        "links": Links(),
        "day": one.day,
        "headline": clean(one.headline),
        "wrong": one.wrong,
        "right": one.right,
        "short_wrong": short_wrong,
        "short_right": short_right,
    }
    return rendered(renderer_of(config.templates, language), "correction", values)

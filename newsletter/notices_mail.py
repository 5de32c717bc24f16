"""The small mails: worded once for a kind and a language, then made personal.

Nothing in a wording is anybody's own but the links, so it is rendered and its styles are inlined
once in a process; a changed template or setting is seen by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from newsletter.catalogue import supported
from newsletter.core.corrections import corrected
from newsletter.core.depth import Depth
from newsletter.core.headers import Mailbox, mailbox
from newsletter.core.links import archive_url
from newsletter.core.mail import PERSONAL_URL, Feedback, Letter, message_template, personalise
from newsletter.core.page import page_for
from newsletter.errors import ConfigError
from newsletter.messages import brand_of, edition_brand, identity_of
from newsletter.render import Links, Renderer, inline_styles, one_line, tidy_text
from newsletter.store import corrections, editions
from newsletter.variants import depth_of
from subscribers import store
from subscribers.tokens import TOKEN_LENGTH, Purpose, make_token
from subscribers.values import MailFormat, NoticeKind, Preferences, Rhythm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsletter.config import Config
    from newsletter.core.brand import Brand
    from newsletter.core.delivery import Message
    from newsletter.core.mail import Identity, MessageTemplate
    from newsletter.core.page import EditionPage
    from newsletter.ports import App
    from subscribers.values import OwedNotice, Subscriber

OF_THE_LIST = frozenset({NoticeKind.WELCOME, NoticeKind.ALREADY})
"""The kinds that go to those who are on the list, with its headers and its links."""

_PURPOSES = {
    NoticeKind.CONFIRM: Purpose.CONFIRM,
    NoticeKind.REMIND: Purpose.CONFIRM,
    NoticeKind.NEW_ADDRESS: Purpose.NEW_ADDRESS,
    NoticeKind.MOVED: Purpose.NEW_ADDRESS,
    NoticeKind.EXPORT: Purpose.EXPORT,
    NoticeKind.ERASE: Purpose.ERASE,
}
"""The one link of a kind; its name among the personal links is the purpose's."""

IMPORTED = "import:"
"""What the source of those starts with whom an import brought."""

_LIST_LINKS = {"unsubscribe": Purpose.LEAVE, "preferences": Purpose.PREFERENCES}


@dataclass(frozen=True)
class Shape:
    """What notices have in common that are worded alike.

    `has_own_pace` says that the reader chose another rhythm or hour than what everyone gets,
    `is_moved_in` that they came with an import and did not ask here.
    """

    kind: NoticeKind
    language: str
    has_html: bool = True
    depth: Depth = Depth.STANDARD
    has_own_pace: bool = False
    is_moved_in: bool = False


@dataclass(frozen=True)
class Latest:
    """The newest edition that was sent, and where it can be read in a browser."""

    page: EditionPage
    view_url: str


@dataclass(frozen=True)
class _Setting:
    """What all small mails of a newsletter have in common."""

    folder: Path | None
    brand: Brand
    contact: str
    send_at: str
    is_reminded: bool


def shapes_of(app: App, notices: Sequence[OwedNotice]) -> dict[int, Shape]:
    """The shape of each notice, by its number: what its reader chose earlier is honoured."""
    people = store.load_these([notice.subscriber_id for notice in notices])
    return {notice.id: _shape(app, notice, people.get(notice.subscriber_id)) for notice in notices}


def template_of(app: App, shape: Shape) -> MessageTemplate:
    """What all mails of a shape share.

    Raises:
        TemplateError: a template is missing, broken, or uses what nobody gave.
        ConfigError: the sender or the base URL cannot stand in a message.
    """
    is_welcome = shape.kind is NoticeKind.WELCOME
    latest = latest_edition(app.config, shape.depth) if is_welcome else None
    identity = identity_of(app.config)
    try:
        return message_template(
            _key(shape.kind, app.signing_key),
            letter_for(shape, app.config, latest),
            identity if shape.kind in OF_THE_LIST else without_a_list(identity),
            date=app.clock.now(),
            tokens=dict.fromkeys(_links_of(shape.kind), TOKEN_LENGTH),
            is_automatic=True,
            feedback=Feedback(shape.kind.value, "notice"),
        )
    except ValueError as error:
        raise ConfigError([f"the mail {shape.kind!s} cannot become a message: {error}"]) from error


def notice_message(app: App, template: MessageTemplate, notice: OwedNotice) -> Message:
    """The mail that a notice stands for, out of its shape's template.

    Raises:
        AddressError: the address cannot be written in a message.
    """
    return personalise(
        template,
        delivery_id=notice.id,
        recipient=Mailbox(notice.address, notice.name),
        values=_tokens(notice, app.signing_key),
    )


def _shape(app: App, notice: OwedNotice, person: Subscriber | None) -> Shape:
    ours = supported(app.config.newsletter.language) or "en"
    language = supported(notice.language) or ours
    chosen = person.preferences if person else Preferences()
    has_html = chosen.mail_format is MailFormat.HTML
    if notice.kind is not NoticeKind.WELCOME:
        is_moved_in = person is not None and person.source.startswith(IMPORTED)
        return Shape(notice.kind, language, has_html, is_moved_in=is_moved_in)
    has_own_pace = chosen.rhythm is not Rhythm.DAILY or chosen.hour is not None
    return Shape(notice.kind, language, has_html, depth_of(chosen), has_own_pace)


def without_a_list(identity: Identity) -> Identity:
    """The same sender, in a mail to one person alone."""
    return replace(identity, list_id="")


def latest_edition(config: Config, depth: Depth) -> Latest | None:
    """The edition that a newcomer is welcomed with, corrected; None before the first one is out."""
    edition = editions.load_last_sent()
    if edition is None:
        return None
    view_url = archive_url(config.web.base_url, edition.date)
    draft = corrected(edition.draft, corrections.load_of(edition.date))
    return Latest(page_for(draft, edition_brand(config), depth), view_url)


def letter_for(shape: Shape, config: Config, latest: Latest | None = None) -> Letter:
    """The wording of a small mail.

    Raises:
        TemplateError: a template is missing, broken, or uses what nobody gave.
    """
    identity = config.newsletter
    contact = mailbox(identity.reply_to or identity.sender).address
    setting = _Setting(
        folder=config.templates,
        brand=brand_of(config),
        contact=contact,
        send_at=config.schedule.send_at,
        is_reminded=config.signup.remind_after > timedelta(),
    )
    letter = _letter(shape, setting, latest)
    return letter if shape.has_html else replace(letter, html="")


@lru_cache(maxsize=64)
def _letter(shape: Shape, setting: _Setting, latest: Latest | None) -> Letter:
    kind, language = shape.kind, shape.language
    purpose = _PURPOSES.get(kind)
    link = PERSONAL_URL + (purpose.value if purpose else "preferences")
    values = {
        "brand": setting.brand,
        "contact": setting.contact,
        "send_at": setting.send_at,
        "is_reminded": setting.is_reminded,
        "palette": setting.brand.palette,
        "language": language,
        "spoken": language,
        "direction": "ltr",
        "link": link if purpose or kind is NoticeKind.ALREADY else "",
        "links": Links(view=latest.view_url if latest else None) if kind in OF_THE_LIST else None,
        "page": latest.page if latest else None,
        "has_own_pace": shape.has_own_pace,
        "is_moved_in": shape.is_moved_in,
    }
    return rendered(renderer_of(setting.folder, language), kind.value, values)


@cache
def renderer_of(folder: Path | None, language: str) -> Renderer:
    """The templates as a language has them, the operator's own folder first."""
    return Renderer(*([folder] if folder else []), language=language)


def rendered(renderer: Renderer, name: str, values: dict[str, object]) -> Letter:
    """The mail `templates/email/<name>`, its styles inlined, in the `language` of the values.

    Raises:
        TemplateError: a template is missing, broken, or uses what nobody gave.
    """
    return Letter(
        one_line(renderer.render(f"email/{name}/subject.txt", values)),
        inline_styles(renderer.render(f"email/{name}/body.html", values)),
        tidy_text(renderer.render(f"email/{name}/body.txt", values)),
        str(values["language"]),
    )


def _links_of(kind: NoticeKind) -> Sequence[str]:
    if kind in OF_THE_LIST:
        return tuple(_LIST_LINKS)
    return (_PURPOSES[kind].value,) if kind in _PURPOSES else ()


def _tokens(notice: OwedNotice, key: bytes) -> dict[str, str]:
    """The links' tokens: of the pending act where there is one, else of the subscriber."""
    if notice.kind in OF_THE_LIST:
        return {
            name: make_token(notice.subscriber_id, purpose, key)
            for name, purpose in _LIST_LINKS.items()
        }
    purpose = _PURPOSES.get(notice.kind)
    if purpose is None:
        return {}
    context = str(notice.leavings) if purpose is Purpose.CONFIRM else ""
    return {purpose.value: make_token(notice.act or notice.subscriber_id, purpose, key, context)}


def _key(kind: NoticeKind, signing_key: bytes) -> str:
    """What names the notices of a kind: another database with other keys has other names."""
    salt = blake2b(b"notices", key=signing_key[:64], digest_size=8).hexdigest()
    return f"notice:{salt}:{kind.value}"

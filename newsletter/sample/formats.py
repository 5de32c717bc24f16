"""An outlet's entries as RSS 2.0, RSS 1.0 (RDF), Atom 1.0 and JSON Feed 1.1."""

import json
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape as html_escape
from xml.sax.saxutils import escape, quoteattr

from newsletter.sample.outlets import Outlet, SampleEntry

XML = '<?xml version="1.0" encoding="utf-8"?>\n'
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def rss2(outlet: Outlet, now: datetime, address: str) -> str:
    """An RSS 2.0 document; `address` is the feed's own."""
    items = "".join(_rss2_item(outlet, entry, now) for entry in outlet.entries)
    return (
        f'{XML}<rss version="2.0" xmlns:content="{CONTENT}" xmlns:dc="{DUBLIN_CORE}"'
        f' xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n{_channel(outlet)}'
        f"{_tag('language', outlet.language)}"
        f'<atom:link rel="self" href={quoteattr(address)}/>\n{items}</channel>\n</rss>\n'
    )


def rdf(outlet: Outlet, now: datetime, address: str) -> str:
    """An RSS 1.0 document; `address` is the feed's own."""
    items = "".join(_rdf_item(outlet, entry, now) for entry in outlet.entries)
    links = "".join(f"<rdf:li rdf:resource={quoteattr(outlet.link(e))}/>" for e in outlet.entries)
    return (
        f'{XML}<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="{RDF}"'
        f' xmlns:dc="{DUBLIN_CORE}" xmlns:content="{CONTENT}">\n'
        f"<channel rdf:about={quoteattr(address)}>\n{_channel(outlet)}"
        f"<items><rdf:Seq>{links}</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    )


def atom(outlet: Outlet, now: datetime, address: str) -> str:
    """An Atom 1.0 document (RFC 4287); `address` is the feed's own."""
    entries = "".join(_atom_entry(outlet, entry, now) for entry in outlet.entries)
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        f"{_tag('title', outlet.name)}{_tag('id', outlet.home)}"
        f"{_tag('updated', now.isoformat(timespec='seconds'))}"
        f'<link rel="self" href={quoteattr(address)}/>\n'
        f"<link href={quoteattr(outlet.home)}/>\n{entries}</feed>\n"
    )


def json_feed(outlet: Outlet, now: datetime, address: str) -> str:
    """A JSON Feed 1.1 document; `address` is the feed's own."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": outlet.home,
        "feed_url": address,
        "language": outlet.language,
        "items": [_json_item(outlet, entry, now) for entry in outlet.entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _channel(outlet: Outlet) -> str:
    about = f"News of rare earths and their neighbours from {outlet.name}"
    return _tag("title", outlet.name) + _tag("link", outlet.home) + _tag("description", about)


def _rss2_item(outlet: Outlet, entry: SampleEntry, now: datetime) -> str:
    moment = _moment(outlet, entry, now)
    guid = entry.guid or outlet.link(entry)
    return _tag(
        "item",
        _tag("title", _title(entry))
        + _tag("link", outlet.link(entry))
        + _tag("guid", guid, isPermaLink=str(not entry.guid).lower())
        + _tag("pubDate", format_datetime(moment) if moment else entry.date or "")
        + _tag("dc:creator", entry.author)
        + "".join(_tag("category", name) for name in entry.categories)
        + _tag("description", summary_html(outlet, entry))
        + _tag("content:encoded", content_html(entry)),
        is_markup=True,
    )


def _rdf_item(outlet: Outlet, entry: SampleEntry, now: datetime) -> str:
    link = outlet.link(entry)
    parts = (
        _tag("title", _title(entry))
        + _tag("link", link)
        + _tag("dc:date", _iso_date(outlet, entry, now))
        + _tag("dc:creator", entry.author)
        + "".join(_tag("dc:subject", name) for name in entry.categories)
        + _tag("description", summary_html(outlet, entry))
        + _tag("content:encoded", content_html(entry))
    )
    return f"<item rdf:about={quoteattr(entry.guid or link)}>\n{parts}</item>\n"


def _atom_entry(outlet: Outlet, entry: SampleEntry, now: datetime) -> str:
    link = outlet.link(entry)
    date = _iso_date(outlet, entry, now)
    author = _tag("author", _tag("name", entry.author), is_markup=True) if entry.author else ""
    return _tag(
        "entry",
        _tag("title", _title(entry))
        + f"<link href={quoteattr(link)}/>\n"
        + _tag("id", entry.guid or link)
        + _tag("published", date)
        + _tag("updated", date)
        + author
        + "".join(f"<category term={quoteattr(name)}/>\n" for name in entry.categories)
        + _tag("summary", summary_html(outlet, entry), type="html")
        + _tag("content", content_html(entry), type="html"),
        is_markup=True,
    )


def _json_item(outlet: Outlet, entry: SampleEntry, now: datetime) -> dict[str, object]:
    item = {
        "id": entry.guid or outlet.link(entry),
        "url": outlet.link(entry),
        "title": _title(entry),
        "summary": entry.summary,
        "content_html": content_html(entry) or summary_html(outlet, entry),
        "date_published": _iso_date(outlet, entry, now),
        "authors": [{"name": entry.author}] if entry.author else [],
        "tags": list(entry.categories),
    }
    return {key: value for key, value in item.items() if value}


def summary_html(outlet: Outlet, entry: SampleEntry) -> str:
    """The summary as HTML, with the furniture of the entry and of its outlet."""
    names = {"link": outlet.link(entry), "home": outlet.home, "outlet": outlet.name}
    footer = outlet.footer.format(title=html_escape(entry.title), **names)
    if entry.via:
        return f'<a href="{names["link"]}">{html_escape(entry.title)}</a>&nbsp; {entry.via}'
    return f"<p>{html_escape(entry.summary, quote=False)}</p>{entry.markup}{footer}"


def content_html(entry: SampleEntry) -> str:
    """The full text as HTML, its highlights first; empty where there is none."""
    bullets = "".join(f"<li>{html_escape(text, quote=False)}</li>" for text in entry.highlights)
    opening = f"<h3>Highlights</h3><ul>{bullets}</ul>" if bullets else ""
    body = "".join(f"<p>{html_escape(text, quote=False)}</p>" for text in entry.content)
    return opening + body


def _title(entry: SampleEntry) -> str:
    # Aggregators write the outlet's name into the headline, and readers have to take it off.
    return f"{entry.title} - {entry.via}" if entry.via else entry.title


def _moment(outlet: Outlet, entry: SampleEntry, now: datetime) -> datetime | None:
    if entry.age_hours is None:
        return None
    zone = timezone(timedelta(hours=outlet.utc_offset))
    return (now - timedelta(hours=entry.age_hours)).astimezone(zone)


def _iso_date(outlet: Outlet, entry: SampleEntry, now: datetime) -> str:
    moment = _moment(outlet, entry, now)
    return moment.isoformat(timespec="seconds") if moment else entry.date or ""


def _tag(name: str, inside: str, *, is_markup: bool = False, **attributes: str) -> str:
    if not inside:
        return ""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    body = f"\n{inside}" if is_markup else escape(inside)
    return f"<{name}{written}>{body}</{name}>\n"

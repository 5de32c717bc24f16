"""What a receiver looks up about a sender's domain: SPF (RFC 7208), DMARC (9989), DKIM (6376)."""

from __future__ import annotations

TIMEOUT = 3.0  # seconds for each question
REQUIRED = frozenset({"DMARC"})  # SPF is asked of the return path, often a provider's own domain
MOST_LABELS = 7  # of a parent that is asked, so that a long name costs few questions (RFC 9989)


def sending_records(domain: str) -> list[tuple[str, str, str]] | None:
    """Name, text ('' where missing) and advice of each record; None where no resolver answers."""
    spf = _text(domain, "v=spf1")
    dmarc = _dmarc(domain)
    if spf is None or dmarc is None:
        return None
    return [
        ("SPF", spf, 'publish a TXT record such as "v=spf1 include:sendgrid.net ~all"'),
        ("DMARC", dmarc, f'publish a TXT record at _dmarc.{domain} such as "v=DMARC1; p=none"'),
    ]


def key_record(name: str) -> str | None:
    """The DKIM key published at `name` ('' for none); None where no resolver answers.

    A record need not begin with its version (RFC 6376, 3.6.1).
    """
    return _text(name, "")


def _dmarc(domain: str) -> str | None:
    """The record of the domain, else of the nearest parent that has one."""
    labels = domain.split(".")
    first = max(1, len(labels) - MOST_LABELS)
    parents = [".".join(labels[start:]) for start in range(first, len(labels) - 1)]
    for name in (domain, *parents):
        found = _text(f"_dmarc.{name}", "v=dmarc1")
        if found != "":
            return found
    return ""


def _text(name: str, start: str) -> str | None:
    from dns import exception, resolver

    try:
        answer = resolver.resolve(name, "TXT", lifetime=TIMEOUT)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return ""
    except (exception.DNSException, OSError):
        return None
    texts = [b"".join(record.strings).decode("ascii", "replace") for record in answer]
    return next((text for text in texts if text.lower().startswith(start)), "")

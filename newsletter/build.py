"""The composition root: settings to `App`. The only file that picks adapters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsletter.ports import App, Clock, Fetcher, Progress, Silent, Transport, Workers
from newsletter.secret import ensure_secret

if TYPE_CHECKING:
    from newsletter.config import Config
    from newsletter.transports.dkim import DkimSigner


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


def build(
    config: Config,
    *,
    clock: Clock | None = None,
    fetcher: Fetcher | None = None,
    workers: Workers | None = None,
    transport: Transport | None = None,
    progress: Progress | None = None,
) -> App:
    """Everything the steps need; tests hand in their own parts by keyword."""
    return App(
        config=config,
        clock=clock or SystemClock(),
        fetcher=fetcher or fetcher_of(config),
        workers=workers or _workers(config),
        transport=transport or _transport(config),
        progress=progress or Silent(),
        signing_key=ensure_secret(config).encode(),
    )


def fetcher_of(config: Config) -> Fetcher:
    """The way to the network, within the bounds of the configuration."""
    from newsletter import PRODUCT, __version__
    from newsletter.core.headers import mailbox
    from newsletter.fetch import HttpFetcher

    bounds = config.collect
    contact = bounds.contact or mailbox(config.newsletter.sender).address
    return HttpFetcher(
        user_agent=f"{PRODUCT}/{__version__} (+{contact})",
        connect_timeout=bounds.connect_timeout,
        total_timeout=bounds.total_timeout,
        max_bytes=int(bounds.max_megabytes * 1_000_000),
        allow_hosts=frozenset(bounds.allow_hosts),
    )


def _workers(config: Config) -> Workers:
    from newsletter import workers

    processes = config.collect.processes
    return workers.HereAndNow() if processes == 0 else workers.Workers(processes)


def _transport(config: Config) -> Transport:
    return _TRANSPORTS[config.delivery.transport](config)


def _files(config: Config) -> Transport:
    from newsletter.transports.files import FilesTransport

    return FilesTransport(config.delivery.files.directory)


def _smtp(config: Config) -> Transport:
    from newsletter.transports.smtp import SmtpTransport

    smtp, signer = config.delivery.smtp, dkim_signer_of(config)
    return SmtpTransport(
        host=smtp.host,
        port=smtp.port,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        security=smtp.security,
        timeout=smtp.timeout,
        sign=signer.signed if signer else None,
    )


def dkim_signer_of(config: Config) -> DkimSigner | None:
    """What signs the mail that leaves by SMTP, where that is wanted.

    Raises:
        ConfigError: no key, or one that cannot be used, or a domain that is not the sender's.
    """
    from newsletter.core.headers import mailbox
    from newsletter.errors import ConfigError
    from newsletter.transports.dkim import DkimSigner, key_text, private_key

    dkim = config.delivery.smtp.dkim
    if config.delivery.transport != "smtp" or not dkim.selector:
        return None
    sender = mailbox(config.newsletter.sender).address.rpartition("@")[2]
    domain = dkim.domain or sender
    if not f".{sender}".lower().endswith(f".{domain}".lower()):
        words = f"{domain} is not the sender's domain ({sender}) nor a parent of it"
        raise ConfigError([f"`delivery.smtp.dkim.domain`: {words}; receivers want them to agree"])
    pem = key_text(dkim.key_file) if dkim.key_file else dkim.private_key.get_secret_value()
    return DkimSigner(domain, dkim.selector, private_key(pem))


def _sendgrid(config: Config) -> Transport:
    from newsletter.transports.sendgrid import SendGridTransport

    sendgrid = config.delivery.sendgrid
    return SendGridTransport(
        api_key=sendgrid.api_key.get_secret_value(), host=sendgrid.host, timeout=sendgrid.timeout
    )


_TRANSPORTS = {"files": _files, "smtp": _smtp, "sendgrid": _sendgrid}

"""Signing set up by the settings: what is signed, which keys are taken, and what `doctor` sees."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from dns import resolver
from dnslib import QTYPE, RR, TXT
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from newsletter.build import build, dkim_signer_of
from newsletter.cli.doctor import diagnose_dkim
from newsletter.config import Config, load_config
from newsletter.core.check import Level
from newsletter.core.delivery import DeliveryState, Message
from newsletter.errors import ConfigError
from tests.core.test_dkim import is_valid, message, pem, signer
from tests.smtp_sink import SmtpSink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def key_file(folder: Path, text: str | None = None, mode: int = 0o600) -> Path:
    file = folder / "dkim.pem"
    file.write_text(pem() if text is None else text, encoding="utf-8")
    file.chmod(mode)
    return file


def config(folder: Path, **changes: str) -> Config:
    given = {
        "NEWSLETTER_NEWSLETTER__SENDER": "Daily <daily@news.example.org>",
        "NEWSLETTER_DELIVERY__TRANSPORT": "smtp",
        "NEWSLETTER_DELIVERY__SMTP__SECURITY": "none",
        "NEWSLETTER_DELIVERY__SMTP__DKIM__SELECTOR": "news2026",
        "NEWSLETTER_DELIVERY__SMTP__DKIM__KEY_FILE": "dkim.pem",
    }
    given |= {f"NEWSLETTER_{name}": value for name, value in changes.items()}
    return load_config(None, environ=given, folder=folder)


def refused(settings: Config) -> str:
    with pytest.raises(ConfigError) as caught:
        dkim_signer_of(settings)
    shown = "".join(traceback.format_exception(caught.value))
    assert "PRIVATE KEY-----" not in shown
    return str(caught.value)


def test_without_a_selector_nothing_is_signed(tmp_path: Path) -> None:
    assert dkim_signer_of(load_config(None, environ={}, folder=tmp_path)) is None


def test_what_the_built_transport_hands_over_is_signed(tmp_path: Path) -> None:
    key_file(tmp_path)
    with SmtpSink() as sink:
        settings = config(tmp_path, DELIVERY__SMTP__HOST=sink.host)
        smtp = settings.delivery.smtp.model_copy(update={"port": sink.port})
        delivery = settings.delivery.model_copy(update={"smtp": smtp})
        app = build(settings.model_copy(update={"delivery": delivery}))
        sent = Message("key", 1, "daily@news.example.org", "ann@example.org", message())
        [outcome] = app.transport.send([sent])
        app.transport.close()
    [arrived] = sink.received
    assert outcome.state is DeliveryState.ACCEPTED
    assert arrived.content.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n")
    assert is_valid(arrived.content)


def test_the_key_may_come_from_the_environment(tmp_path: Path) -> None:
    settings = config(
        tmp_path, DELIVERY__SMTP__DKIM__KEY_FILE="", DELIVERY__SMTP__DKIM__PRIVATE_KEY=pem()
    )
    found = dkim_signer_of(settings)
    assert found is not None
    assert found.record == signer().record


def test_the_domain_is_the_senders_own_or_a_parent_of_it(tmp_path: Path) -> None:
    key_file(tmp_path)
    found = dkim_signer_of(config(tmp_path, DELIVERY__SMTP__DKIM__DOMAIN="example.org"))
    assert found is not None
    assert found.record_name == "news2026._domainkey.example.org"
    fault = refused(config(tmp_path, DELIVERY__SMTP__DKIM__DOMAIN="ample.org"))
    assert "not the sender's domain (news.example.org)" in fault


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    key_file(tmp_path, mode=mode)
    assert "chmod 600" in refused(config(tmp_path))


def test_a_key_that_is_not_there_or_is_no_key_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(config(tmp_path))
    key_file(tmp_path, "not a key")
    assert "no private key in PEM form" in refused(config(tmp_path))
    key_file(tmp_path, "ключ")
    assert "not a key in PEM form" in refused(config(tmp_path))


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    key_file(tmp_path, pem(1024))
    assert "1024 bits, and 2048 are the least" in refused(config(tmp_path))


def test_a_key_with_a_password_and_one_of_another_kind_are_refused(tmp_path: Path) -> None:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    key = ed25519.Ed25519PrivateKey.generate()
    locked = key.private_bytes(*form, serialization.BestAvailableEncryption(b"word")).decode()
    key_file(tmp_path, locked)
    assert "has a password" in refused(config(tmp_path))
    key_file(tmp_path, key.private_bytes(*form, serialization.NoEncryption()).decode())
    assert "not an RSA key" in refused(config(tmp_path))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"KEY_FILE": ""}, "either `key_file` or `private_key`"),
        ({"PRIVATE_KEY": "canary"}, "either `key_file` or `private_key`"),
        ({"SELECTOR": ""}, "a selector beside the key"),
        ({"SELECTOR": "a b"}, "selector"),
        ({"DOMAIN": "news"}, "domain"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        config(tmp_path, **{f"DELIVERY__SMTP__DKIM__{k}": v for k, v in changes.items()})
    assert "canary" not in str(caught.value)


def test_the_key_is_in_no_text_of_the_signer() -> None:
    assert repr(signer()) == "DkimSigner(news2026._domainkey.news.example.org)"


class Zone(BaseResolver):  # type: ignore[misc]
    def __init__(self, records: dict[str, str]) -> None:
        self.records = records

    def resolve(self, request: object, handler: object) -> object:
        reply = request.reply()  # type: ignore[attr-defined]
        name = str(request.q.qname)  # type: ignore[attr-defined]
        if name in self.records:
            text = self.records[name]
            pieces = [text[start : start + 200] for start in range(0, len(text), 200)]
            reply.add_answer(RR(name, QTYPE.TXT, rdata=TXT(pieces), ttl=1))
        return reply


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    zone: dict[str, str] = {}
    server = DNSServer(Zone(zone), address="127.0.0.1", port=0, logger=DNSLogger("-request,-reply"))
    server.start_thread()
    local = resolver.Resolver(configure=False)
    local.nameservers = ["127.0.0.1"]
    local.port = server.server.server_address[1]
    monkeypatch.setattr(resolver, "default_resolver", local)
    yield zone
    server.stop()
    server.server.server_close()


NAME = "news2026._domainkey.news.example.org."


@pytest.mark.parametrize(
    ("published", "level", "words"),
    [
        (signer().record, Level.PASS, "publishes our key"),
        (f"k=rsa; {signer().record.partition('; k=rsa; ')[2]}", Level.PASS, "publishes our key"),
        ("v=DKIM1; k=rsa; p=AAAA", Level.BLOCK, "publishes another key"),
        ("", Level.BLOCK, "has no record"),
    ],
)
def test_doctor_says_whether_the_domain_publishes_our_key(
    records: dict[str, str], published: str, level: Level, words: str
) -> None:
    if published:
        records[NAME] = published
    [found] = diagnose_dkim(signer())
    assert found.level is level
    assert words in found.message
    assert level is Level.PASS or signer().record in found.message

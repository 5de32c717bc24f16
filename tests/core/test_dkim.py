"""A signature covers what it must, byte for byte as an independent verifier computes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.dkim import SIGNED, is_same_key, relaxed_body, relaxed_field
from newsletter.core.headers import Mailbox
from newsletter.core.mail import (
    PERSONAL_URL,
    Feedback,
    Identity,
    Letter,
    message_template,
    personalise,
)
from newsletter.transports.dkim import DkimSigner, private_key

SELECTOR, DOMAIN = "news2026", "news.example.org"


@cache
def pem(bits: int = 2048) -> str:
    key = rsa.generate_private_key(65537, bits)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def signer(domain: str = DOMAIN, selector: str = SELECTOR) -> DkimSigner:
    return DkimSigner(domain, selector, private_key(pem()))


def message(*, subject: str = "Lynas", text: str = "Hi", reply_to: bool = True) -> bytes:
    identity = Identity(
        Mailbox("daily@news.example.org", "Straight Into Your Inbox"),
        list_id="daily.news.example.org",
        list_name="Straight Into Your Inbox",
        base_url="https://news.example.org",
        message_id_domain=DOMAIN,
        reply_to=Mailbox("editor@example.org") if reply_to else None,
    )
    leave = f"{PERSONAL_URL}unsubscribe"
    template = message_template(
        "2026-11-24",
        Letter(subject, f'<p>{text}</p><a href="{leave}">x</a>', f"{text}\n{leave}\n"),
        identity,
        date=datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
        tokens={"unsubscribe": 24},
        feedback=Feedback("2026-11-24", "edition"),
    )
    recipient = Mailbox("ann@example.org", "Ann")
    values = {"unsubscribe": "t" * 24}
    return personalise(template, delivery_id=1, recipient=recipient, values=values).content


def is_valid(content: bytes, who: DkimSigner | None = None) -> bool:
    """What dkimpy says, which knows nothing of our code."""
    who = who or signer()
    records = {f"{who.record_name}.".encode(): who.record.encode()}
    return bool(dkim.verify(content, dnsfunc=lambda name, timeout=5: records.get(name)))


def test_a_signed_message_is_valid_and_is_otherwise_the_same() -> None:
    content = message()
    signed = signer().signed(content)
    assert signed.endswith(content)
    assert is_valid(signed)


@given(
    subject=st.text(max_size=200),
    text=st.text(max_size=200) | st.sampled_from(["a \t b", "end \r\n\r\n\r\n", " ", "\t\n \n"]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_message_says_its_signature_is_valid(subject: str, text: str) -> None:
    assert is_valid(signer().signed(message(subject=subject, text=text)))


def test_long_names_of_domain_and_selector_do_not_break_the_signature() -> None:
    who = signer(".".join(["a" * 60] * 3 + ["example"]), "s" * 63)
    signed = who.signed(message())
    assert is_valid(signed, who)
    assert max(map(len, signed.split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (
            b"List-Unsubscribe: <https://news.example.org/u/t",
            b"List-Unsubscribe: <https://n.ws/u/t",
        ),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"Subject: Lynas", b"Subject: Lynax"),
        (b"To: Ann", b"To: Ben"),
        (b"Feedback-ID: 2026", b"Feedback-ID: 2027"),
        (b"<p>Hi</p>", b"<p>Ho</p>"),
        (b"Reply-To: editor", b"Reply-To: author"),
    ],
)
def test_a_changed_byte_of_what_is_covered_breaks_the_signature(
    said: bytes, instead: bytes
) -> None:
    signed = signer().signed(message())
    assert signed.count(said) == 1
    assert not is_valid(signed.replace(said, instead))


@pytest.mark.parametrize("name", SIGNED)
def test_a_header_added_above_or_below_breaks_the_signature(name: str) -> None:
    line = f"{name}: x@y.example\r\n".encode()
    signed = signer().signed(message(reply_to=False))
    assert not is_valid(line + signed)
    assert not is_valid(signed.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n", 1))


def test_the_signature_lists_from_twice_and_both_headers_of_one_click() -> None:
    [listed] = re.findall(rb" h=([^;]+);", signer().signed(message()))
    names = re.sub(rb"\s", b"", listed).decode().split(":")
    assert names.count("from") == 2
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(names)


def test_a_relay_that_folds_a_header_anew_breaks_nothing() -> None:
    signed = signer().signed(message(subject="one two three"))
    folded = signed.replace(b"Subject: one two three", b"subject:  one\r\n\ttwo   three \t")
    assert folded != signed
    assert is_valid(folded)


def test_the_same_message_always_gets_the_same_signature() -> None:
    assert signer().signed(message()) == signer().signed(message())


bodies = st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"=", b"."])).map(b"".join)
values = st.lists(st.sampled_from([b"a", b"B", b" ", b"\t", b":", b"\r\n "])).map(b"".join)


@given(body=bodies)
@settings(max_examples=300)
def test_a_body_has_the_relaxed_form_that_dkimpy_gives_it(body: bytes) -> None:
    assert relaxed_body(body + b"\r\n") == Relaxed.canonicalize_body(body + b"\r\n")


@given(value=values)
@settings(max_examples=300)
def test_a_header_has_the_relaxed_form_that_dkimpy_gives_it(value: bytes) -> None:
    [(name, canonical)] = Relaxed.canonicalize_headers([(b"Subject", value + b"\r\n")])
    assert relaxed_field(b"Subject", value) + b"\r\n" == name + b":" + canonical


@pytest.mark.parametrize(
    ("published", "is_ours"),
    [
        ("v=DKIM1; k=rsa; p=AAAA", True),
        ("p=AA AA", True),
        ("k=rsa;p=AAAA; t=y", True),
        ("v=DKIM1; p=BBBB", False),
        ("v=DKIM1; p=", False),
        ("v=spf1 -all", False),
        ("", False),
    ],
)
def test_a_published_key_is_ours_or_not(published: str, is_ours: bool) -> None:
    assert is_same_key(published, "v=DKIM1; k=rsa; p=AAAA") is is_ours

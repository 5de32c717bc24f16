"""Personal links: unguessable, for one purpose, always equally long."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.errors import TokenError
from subscribers.tokens import TOKEN_LENGTH, Purpose, make_token, read_token

KEY = b"a key that stands outside the database"
IDS = st.integers(min_value=1, max_value=2**48 - 1)
PURPOSES = st.sampled_from(list(Purpose))


@given(IDS, PURPOSES)
def test_a_token_leads_back_to_its_subscriber(number: int, purpose: Purpose) -> None:
    assert read_token(make_token(number, purpose, KEY), purpose, (KEY,)) == number


@given(IDS, PURPOSES)
def test_every_token_is_equally_long(number: int, purpose: Purpose) -> None:
    assert len(make_token(number, purpose, KEY)) == TOKEN_LENGTH


def test_the_longest_personal_address_stays_within_sixty_characters() -> None:
    token = make_token(2**48 - 1, Purpose.LEAVE, KEY)
    assert len(f"https://news.example.org/u/{token}") <= 60


@given(IDS, PURPOSES, st.integers(min_value=0, max_value=143))
def test_a_token_with_any_bit_flipped_is_refused(number: int, purpose: Purpose, bit: int) -> None:
    content = bytearray(urlsafe_b64decode(make_token(number, purpose, KEY)))
    content[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TokenError):
        read_token(urlsafe_b64encode(content).decode(), purpose, (KEY,))


@given(IDS, PURPOSES, st.integers(min_value=0, max_value=TOKEN_LENGTH - 1), st.characters())
def test_a_token_with_any_other_letter_is_refused(
    number: int, purpose: Purpose, place: int, letter: str
) -> None:
    token = make_token(number, purpose, KEY)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(TokenError):
            read_token(changed, purpose, (KEY,))


@given(IDS, PURPOSES, st.text(), st.text())
def test_a_token_stands_and_falls_with_its_context(
    number: int, purpose: Purpose, context: str, other: str
) -> None:
    token = make_token(number, purpose, KEY, context)
    asked: list[int] = []

    def context_of(found: int) -> str:
        asked.append(found)
        return context

    assert read_token(token, purpose, (KEY,), context_of) == number
    assert asked == [number]
    if other != context:
        with pytest.raises(TokenError):
            read_token(token, purpose, (KEY,), lambda _id: other)


@given(IDS)
def test_purposes_do_not_mix(number: int) -> None:
    with pytest.raises(TokenError):
        read_token(make_token(number, Purpose.LEAVE, KEY), Purpose.PREFERENCES, (KEY,))
    with pytest.raises(TokenError):
        read_token(make_token(number, Purpose.PREFERENCES, KEY), Purpose.LEAVE, (KEY,))


@given(IDS, PURPOSES, st.binary(min_size=1))
def test_a_token_made_with_another_key_is_refused(
    number: int, purpose: Purpose, other: bytes
) -> None:
    if other != KEY:
        with pytest.raises(TokenError):
            read_token(make_token(number, purpose, other), purpose, (KEY,))


@given(st.text())
def test_no_text_at_all_passes_for_a_token(text: str) -> None:
    with pytest.raises(TokenError):
        read_token(text, Purpose.LEAVE, (KEY,))


@pytest.mark.parametrize("padded", ["{}=", "{}\n", " {}", "{}{}", "{}A"])
def test_nothing_may_stand_around_a_token(padded: str) -> None:
    token = make_token(7, Purpose.LEAVE, KEY)
    with pytest.raises(TokenError):
        read_token(padded.format(token, token), Purpose.LEAVE, (KEY,))


def test_neighbours_on_the_list_have_tokens_with_nothing_in_common() -> None:
    tails = {make_token(number, Purpose.LEAVE, KEY)[16:] for number in range(1, 200)}
    assert len({tail[:2] for tail in tails}) > 100


@pytest.mark.parametrize("number", [0, -1, 2**48])
def test_a_number_no_database_gives_out_has_no_token(number: int) -> None:
    with pytest.raises(TokenError):
        make_token(number, Purpose.LEAVE, KEY)


def test_without_a_key_no_link_is_made_and_none_is_read() -> None:
    token = make_token(7, Purpose.LEAVE, KEY)
    with pytest.raises(TokenError):
        make_token(7, Purpose.LEAVE, b"")
    with pytest.raises(TokenError):
        read_token(token, Purpose.LEAVE, (b"",))

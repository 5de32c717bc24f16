"""The question that stands before a sign-up when too many come in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from newsletter.errors import ConfigError
from newsletter.web.challenge import QuestionChallenge, challenge
from subscribers import applications
from tests.web.joining import (
    configure,
    configure_budgets,
    configure_challenge,
    form,
    join,
    stamp,
    text,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from django.test import Client

pytestmark = pytest.mark.django_db

QUESTION = "What is the chemical symbol of neodymium?"
MADE: list[str] = []


class Knock:
    """A challenge of an operator's own."""

    def __init__(self) -> None:
        MADE.append("made")

    def fields(self, request: HttpRequest) -> Mapping[str, str]:
        return {"question": "Knock <twice>", "markup": "<p>Listen: <b>knock</b></p>"}

    def is_met(self, form: Mapping[str, str], network: str) -> bool:
        return form.get("answer") == f"knock {network}"


@pytest.fixture
def spent(settings: Any, client: Client) -> None:
    """The budget of this client's network is spent by one sign-up."""
    configure_budgets(settings, per_network_hour=1)
    assert join(client, "first@example.net").status_code == 303


@pytest.mark.parametrize("answer", ["Nd", "nd", "  ND ", "Neodymium   SIGN", "neodymium sign"])
def test_an_answer_counts_whatever_its_case_and_spaces(answer: str) -> None:
    asked = QuestionChallenge(QUESTION, ("Nd", "neodymium  sign"))
    assert asked.is_met({"answer": answer}, "")


@pytest.mark.parametrize("answer", ["", " ", "N", "Nd.", "Pr", "n d", "\0"])
def test_another_answer_does_not_count(answer: str) -> None:
    assert not QuestionChallenge(QUESTION, ("Nd",)).is_met({"answer": answer}, "")


def test_no_answer_at_all_does_not_count() -> None:
    assert not QuestionChallenge(QUESTION, ("Nd",)).is_met({}, "")


def test_within_the_budgets_nobody_is_asked(client: Client) -> None:
    assert QUESTION not in text(client.get("/subscribe"))
    assert join(client).status_code == 303


def test_once_a_budget_is_spent_the_question_is_asked_and_nothing_is_written(
    client: Client, spent: None
) -> None:
    response = join(client, "second@example.net", name="Eve")
    page = text(response)
    assert response.status_code == 200
    assert QUESTION in page
    assert 'value="second@example.net"' in page
    assert 'value="Eve"' in page
    assert len(written()) == 1


def test_the_right_answer_is_enough_although_the_budget_is_spent(
    client: Client, spent: None
) -> None:
    assert join(client, "second@example.net", answer="nd").status_code == 303
    assert [one.address for one in written()] == ["first@example.net", "second@example.net"]


def test_a_wrong_answer_comes_back_as_an_error_of_that_field(client: Client, spent: None) -> None:
    response = join(client, "second@example.net", answer="Pr")
    page = text(response)
    assert response.status_code == 422
    assert "<title>Error:" in page
    assert 'href="#answer"' in page
    assert 'aria-describedby="answer-error"' in page
    assert len(written()) == 1


def test_the_question_is_the_same_for_addresses_of_any_standing(
    client: Client, spent: None
) -> None:
    first = text(join(client, "first@example.net", stamp=stamp()))
    other = text(join(client, "other@example.net", stamp=stamp()))
    assert _without_stamp(first.replace("first@", "other@")) == _without_stamp(other)


def test_at_ten_times_the_budget_no_answer_is_enough(client: Client, spent: None) -> None:
    for number in range(9):
        assert join(client, f"p{number}@example.net", answer="Nd").status_code == 303
    response = join(client, "eleventh@example.net", answer="Nd")
    assert response.status_code == 429
    assert int(response["Retry-After"]) == 3600
    assert "Too many sign-ups" in text(response)
    assert len(written()) == 10


def test_without_a_challenge_a_spent_budget_is_the_end(
    client: Client, spent: None, settings: Any
) -> None:
    configure_challenge(settings, when="never")
    response = join(client, "second@example.net", answer="Nd")
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert len(written()) == 1


@pytest.mark.parametrize("path", ["/", "/subscribe"])
def test_where_everybody_is_asked_the_question_stands_on_the_form(
    client: Client, settings: Any, path: str
) -> None:
    configure_challenge(settings, when="always")
    assert QUESTION in text(client.get(path))


def test_where_everybody_is_asked_nobody_gets_in_without_the_answer(
    client: Client, settings: Any
) -> None:
    configure_challenge(settings, when="always")
    assert join(client).status_code == 200
    assert join(client, answer="").status_code == 422
    assert written() == []
    assert join(client, answer="Nd").status_code == 303


def test_an_adapter_is_asked_and_told_the_network(client: Client, settings: Any) -> None:
    configure_challenge(settings, when="always", adapter="tests.web.test_challenge:Knock")
    page = text(client.get("/subscribe"))
    assert "Knock &lt;twice&gt;" in page
    assert "<p>Listen: <b>knock</b></p>" in page
    assert join(client, answer="Nd").status_code == 422
    assert join(client, answer="knock 127.0.0.1").status_code == 303


def test_an_adapter_is_loaded_once(settings: Any) -> None:
    configure_challenge(settings, question="once?", adapter="tests.web.test_challenge:Knock")
    MADE.clear()
    assert challenge() is challenge()
    assert MADE == ["made"]


@pytest.mark.parametrize("adapter", ["no.such:Thing", "tests.web.test_challenge:Nothing"])
def test_an_adapter_that_cannot_be_loaded_is_a_fault_of_the_settings(
    settings: Any, adapter: str
) -> None:
    configure_challenge(settings, adapter=adapter)
    with pytest.raises(ConfigError, match=r"signup\.challenge\.adapter"):
        challenge()


def test_a_question_of_the_operator_is_shown_as_text(settings: Any, client: Client) -> None:
    configure_challenge(settings, when="always", question="100% <b>sure</b> {{ 7*7 }}?")
    assert "100% &lt;b&gt;sure&lt;/b&gt; {{ 7*7 }}?" in text(client.get("/subscribe"))


def test_a_question_says_itself_in_plain_text() -> None:
    assert QuestionChallenge(QUESTION, ("Nd",)).fields(RequestFactory().get("/")) == {
        "question": QUESTION
    }


def _without_stamp(page: str) -> str:
    before, _, rest = page.partition('name="stamp" value="')
    assert rest
    return before + rest.partition('"')[2]


def test_a_robot_in_the_trap_is_not_even_asked(client: Client, spent: None) -> None:
    response = client.post("/subscribe", form("second@example.net", website="http://x.example"))
    assert response.status_code == 303
    assert len(written()) == 1


def test_a_network_is_counted_in_full_although_nothing_of_it_is_kept(
    client: Client, settings: Any
) -> None:
    configure(settings, "signup", network="none")
    configure_budgets(settings, per_network_hour=1)
    near = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.post("/subscribe", form("one@example.net"), **near).status_code == 303  # type: ignore[arg-type]
    assert QUESTION in text(client.post("/subscribe", form("two@example.net"), **near))  # type: ignore[arg-type]
    far = client.post("/subscribe", form("two@example.net"), REMOTE_ADDR="198.51.100.1")
    assert far.status_code == 303
    assert {one.network for one in written()} == {""}


def test_behind_a_trusted_proxy_each_visitor_has_a_budget_of_their_own(
    client: Client, settings: Any
) -> None:
    configure(settings, "web", trusted_proxies=("127.0.0.1",))
    configure_budgets(settings, per_network_hour=1)
    for visitor in ("192.0.2.1", "198.51.100.1"):
        trail = f"203.0.113.9, {visitor}"
        response = client.post("/subscribe", form(), HTTP_X_FORWARDED_FOR=trail)
        assert response.status_code == 303
    assert [one.network for one in written()] == ["192.0.2.1", "198.51.100.1"]


def test_an_answered_sign_up_is_not_held_back_when_it_is_looked_at(
    client: Client, settings: Any, spent: None
) -> None:
    assert join(client, "second@example.net", answer="Nd").status_code == 303
    budgets = applications.Budgets(per_network_hour=1, per_domain_hour=1)
    applications.settle(timezone.now(), budgets, remind_after=timedelta(days=1))
    assert [one.outcome for one in written()] == ["confirm", "confirm"]


def test_an_answer_does_not_get_one_address_a_second_mail_a_day(
    client: Client, settings: Any, spent: None
) -> None:
    assert join(client, "first@example.net", answer="Nd").status_code == 303
    applications.settle(timezone.now(), applications.Budgets(), remind_after=timedelta(days=1))
    assert [one.outcome for one in written()] == ["confirm", "budget"]

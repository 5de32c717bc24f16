"""The list as a table: safe in a spreadsheet, and the same list again when it is taken back."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from subscribers import models, signup
from subscribers.address import plain_name
from subscribers.exports import HEADER, write_subscribers
from subscribers.imports.cells import guarded, unguarded
from subscribers.imports.values import WithoutProof
from subscribers.segments import Segment
from subscribers.suppression import address_hash, suppress
from subscribers.values import Act, How, Status, SuppressionReason
from tests.subscribers.importing import NOW, SUBSCRIBED, mailchimp, prepare, take, written

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def exported(**more: Any) -> str:
    out = StringIO(newline="")
    write_subscribers(out, TODAY, **more)
    return out.getvalue()


def table(**more: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(exported(**more), newline="")))


def add(address: str = "ann@example.org", name: str = "Ann") -> int:
    return signup.add(address, name, act=Act(How.COMMAND, NOW)).id


def take_back(folder: Path, text: str) -> None:
    file = folder / "back.csv"
    file.write_text(text, encoding="utf-8", newline="")
    take(file, now=NOW + timedelta(days=3))


def forget_all() -> None:
    models.Subscriber.objects.all().delete()
    models.Suppression.objects.all().delete()


def test_a_row_tells_all_that_is_kept_of_a_subscriber() -> None:
    number = add(name="Ann Lee")
    models.Subscriber.objects.filter(id=number).update(
        rhythm="weekly", sections="Markets\nPolicy", hour=7, attributes={"b": "2", "a": "ü"}
    )
    (row,) = table()
    assert tuple(row) == HEADER
    assert (row["address"], row["name"], row["status"]) == ("ann@example.org", "Ann Lee", "active")
    assert (row["rhythm"], row["sections"], row["hour"]) == ("weekly", "Markets\nPolicy", "7")
    assert row["joined_at"] == row["consented_at"] == row["confirmed_at"] == NOW.isoformat()
    assert row["attributes"] == '{"a": "ü", "b": "2"}'


def test_consent_that_was_given_elsewhere_keeps_its_date(tmp_path: Path) -> None:
    take(written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org")))
    assert table()[0]["consented_at"] == "2020-01-02T03:05:06+00:00"


def test_an_export_invents_no_proof_of_consent(tmp_path: Path) -> None:
    bare = {"OPTIN_TIME": "", "CONFIRM_TIME": ""}
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org", **bare))
    take(file, without_proof=WithoutProof.ACCEPT)
    text = exported()
    assert table()[0]["consented_at"] == ""
    forget_all()
    (tmp_path / "back.csv").write_text(text, encoding="utf-8", newline="")
    assert prepare(tmp_path / "back.csv").report.unproven == 1


def test_who_never_confirmed_has_no_date_of_consent() -> None:
    number = add()
    models.Subscriber.objects.filter(id=number).update(status="pending", activated_at=None)
    (row,) = table()
    assert (row["confirmed_at"], row["consented_at"]) == ("", "")


def test_a_part_of_the_list_is_chosen_by_status_and_segment() -> None:
    signup.leave(add("bob@example.org"), act=Act(How.FORM, NOW))
    number = add("eve@example.net")
    models.Subscriber.objects.filter(id=number).update(rhythm="weekly")
    add()
    assert [row["address"] for row in table(status=Status.LEFT)] == ["bob@example.org"]
    weekly = Segment(rhythm=("weekly",))
    assert [row["address"] for row in table(segment=weekly)] == ["eve@example.net"]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_begins_like_a_formula(mark: str) -> None:
    number = add(name=f"{mark}cmd|' /C calc'!A0")
    models.Subscriber.objects.filter(id=number).update(source=f"{mark}x", time_zone="\tz")
    text = exported()
    cells = [cell for row in csv.reader(StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")]
    assert f"'{mark}cmd" in text


@given(st.text(alphabet="'=+-@\uff1d\uff0b\uff0d\uff20\t\r\nab\"", max_size=8))
def test_a_guarded_cell_comes_back_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


_MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2026, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
_NAMES = (st.text(max_size=60) | st.text(alphabet="'=+-@\"';,|\\ab {}%", max_size=20)).map(
    lambda text: plain_name(plain_name(text))
)
_VALUES = st.integers(-5, 5) | st.booleans() | st.text(alphabet="=ab\"',\\é王", max_size=9)
_KEYS = st.text("=ab é", min_size=1, max_size=5)
_PEOPLE = st.fixed_dictionaries(
    {
        "name": _NAMES,
        "status": st.sampled_from(["pending", "active", "paused", "left"]),
        "created_at": _MOMENTS,
        "changed_at": _MOMENTS,
        "activated_at": st.none() | _MOMENTS,
        "source": st.sampled_from(["form", "import:kit", "=evil", ""]),
        "language": st.sampled_from(["", "de", "zh"]),
        "rhythm": st.sampled_from(["daily", "weekdays", "weekly", "big"]),
        "depth": st.sampled_from(["headlines", "standard", "full"]),
        "sections": st.sampled_from(["", "Markets", '=A\nMarkets\nZ, "q"']),
        "follows": st.sampled_from(["", "company:Lynas", "company:-1\nthread:x"]),
        "hour": st.none() | st.integers(0, 23),
        "time_zone": st.sampled_from(["", "Asia/Tokyo"]),
        "mail_format": st.sampled_from(["html", "text"]),
        "attributes": st.dictionaries(_KEYS, _VALUES, max_size=3),
    }
)
_LOCALS = ("ann", "+tag", "=x", "-dash", "o'neil", "'quote", "Bob", "a_b", "x{y}", "z")


def _fill(people: list[dict[str, Any]], suppressed: list[bool]) -> None:
    for place, (values, is_suppressed) in enumerate(zip(people, suppressed, strict=False)):
        address = f"{_LOCALS[place]}@example.org"
        until = date(2026, 5, 1) if values["status"] == "paused" else None
        person = models.Subscriber.objects.create(
            address=address, address_hash=address_hash(address), paused_until=until, **values
        )
        models.Consent.objects.create(
            subscriber_id=person.pk, kind="agreed", happened_at=values["created_at"], how="form"
        )
        if is_suppressed:
            suppress(address, SuppressionReason.BOUNCED, now=NOW)


@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],  # each example fills a database: no shrinking
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(_PEOPLE, max_size=len(_LOCALS)),
    st.lists(st.booleans(), min_size=len(_LOCALS), max_size=len(_LOCALS)),
)
def test_what_is_exported_erased_and_imported_is_exported_the_same(
    tmp_path: Path, people: list[dict[str, Any]], suppressed: list[bool]
) -> None:
    with transaction.atomic():
        _fill(people, suppressed)
        before = exported()
        forget_all()
        take_back(tmp_path, before)
        assert exported() == before
        transaction.set_rollback(True)


def test_our_own_export_adds_nobody_who_is_here_and_passes_no_suppression(tmp_path: Path) -> None:
    add()
    add("bob@example.org")
    text = exported()
    forget_all()
    suppress("bob@example.org", SuppressionReason.COMPLAINED, now=NOW)
    take_back(tmp_path, text)
    assert [row["address"] for row in table()] == ["ann@example.org"]
    before = exported()
    take_back(tmp_path, text)
    assert exported() == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "king"),
        ("rhythm", "hourly"),
        ("hour", "24"),
        ("hour", "²"),
        ("attributes", "[1]"),
        ("attributes", "{"),
        ("joined_at", "once"),
        ("paused_until", "2026-05-01"),
        ("suppression", "why"),
        ("format", ""),
    ],
)
def test_a_row_of_ours_that_somebody_broke_is_not_taken(
    tmp_path: Path, column: str, value: str
) -> None:
    add()
    (row,) = table()
    forget_all()
    out = StringIO(newline="")
    rows = csv.DictWriter(out, HEADER)
    rows.writeheader()
    rows.writerow(row | {column: value})
    file = tmp_path / "back.csv"
    file.write_text(out.getvalue(), encoding="utf-8", newline="")
    assert prepare(file).report.invalid == 1


def test_an_export_is_read_piece_by_piece(django_assert_max_num_queries: Any) -> None:
    hashed = [address_hash(f"a{number}@example.org") for number in range(1200)]
    models.Subscriber.objects.bulk_create(
        models.Subscriber(
            address=f"a{number}@example.org",
            address_hash=one,
            status="active",
            created_at=NOW,
            changed_at=NOW,
        )
        for number, one in enumerate(hashed)
    )
    with django_assert_max_num_queries(4, connection=connection):
        assert len(table()) == 1200
    assert json.loads(table()[0]["attributes"]) == {}

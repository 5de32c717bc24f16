"""Moving in: what becomes of each line, and that a file is taken whole or not at all."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from subscribers import applications, models, notices, privacy, signup, store
from subscribers.errors import ImportFileError
from subscribers.exports import write_subscribers
from subscribers.imports import plan, reading, settling, staging
from subscribers.imports.values import DateOrder, ImportBusyError, Verdict, WithoutProof
from subscribers.limits import Budgets
from subscribers.suppression import is_suppressed, lift, load_acts, suppress
from subscribers.values import (
    Act,
    ConsentKind,
    How,
    NoticeKind,
    Status,
    Subscriber,
    SuppressionReason,
)
from tests.subscribers.importing import (
    LISTMONK,
    NOW,
    SUBSCRIBED,
    WORDS,
    mailchimp,
    options,
    prepare,
    take,
    written,
    zipped,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def listmonk(address: str, status: str = "enabled", more: str = "") -> str:
    return f'1,{address},Ann,"{more}",{status},2020-01-02T03:04:05Z,'


def person(address: str) -> Subscriber:
    found = store.find_subscriber(address)
    assert found is not None
    return found


def nothing_waits() -> bool:
    return not (models.ImportRow.objects.exists() or models.ImportRun.objects.exists())


def test_somebody_who_is_subscribed_elsewhere_is_active_here(tmp_path: Path) -> None:
    report = take(written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org", **{"Last Name": "L"})))
    ann = person("ANN@example.org")
    assert (report.active, ann.status, ann.name) == (1, Status.ACTIVE, "Ann L")
    assert ann.source == "import:mailchimp"
    assert ann.created_at.isoformat() == "2020-01-02T03:05:06+00:00"
    assert nothing_waits()


def test_an_import_keeps_the_proof_of_consent_of_the_other_platform(tmp_path: Path) -> None:
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org"))
    take(file)
    (record,) = store.load_history(person("ann@example.org").id)
    assert (record.kind, record.how, record.actor) == (
        ConsentKind.IMPORTED,
        How.IMPORT,
        "Eve Editor",
    )
    assert (record.happened_at, record.wording, record.network) == (NOW, WORDS, "")
    assert record.proof == {
        "platform": "mailchimp",
        "agreed_at": "2020-01-02T03:05:06+00:00",
        "network": "192.0.2.7",
        "file": staging.hash_of(file),
        "line": 2,
    }


def test_no_network_is_kept_where_none_may_be(tmp_path: Path) -> None:
    take(written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org")), keeps_networks=False)
    (record,) = store.load_history(person("ann@example.org").id)
    assert "network" not in record.proof


@pytest.mark.parametrize(
    ("status", "expected"),
    [("enabled", Status.ACTIVE), ("disabled", Status.LEFT), ("unconfirmed", Status.PENDING)],
)
def test_a_status_elsewhere_is_a_status_here(tmp_path: Path, status: str, expected: Status) -> None:
    take(written(tmp_path, LISTMONK, listmonk("ann@example.org", status)))
    assert person("ann@example.org").status is expected
    assert not models.Notice.objects.exists()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("bounced", SuppressionReason.BOUNCED),
        ("complained", SuppressionReason.COMPLAINED),
        ("blocklisted", SuppressionReason.BY_HAND),
    ],
)
def test_who_must_not_be_mailed_elsewhere_must_not_be_mailed_here(
    tmp_path: Path, status: str, reason: SuppressionReason
) -> None:
    report = take(written(tmp_path, LISTMONK, listmonk("ann@example.org", status)))
    assert (report.suppressions, store.find_subscriber("ann@example.org")) == (1, None)
    assert models.Suppression.objects.get().reason == reason
    act = models.SuppressionAct.objects.get()
    assert (act.act, act.reason, act.actor) == ("suppressed", reason, "Eve Editor")


def test_a_bounce_elsewhere_suppresses_somebody_who_is_active_here(tmp_path: Path) -> None:
    ann = signup.add("ann@example.org", act=Act(How.COMMAND, NOW))
    take(written(tmp_path, LISTMONK, listmonk("Ann@example.org", "bounced")))
    assert is_suppressed("ann@example.org")
    assert person("ann@example.org").id == ann.id


def test_an_address_that_is_here_is_kept_as_it_is(tmp_path: Path) -> None:
    before = signup.add("ann@example.org", "Ann Lee", act=Act(How.COMMAND, NOW))
    lines = (listmonk("ANN@example.org", "disabled"), listmonk("bob@example.org"))
    report = take(written(tmp_path, LISTMONK, *lines))
    assert (report.here, report.active) == (1, 1)
    after = person("ann@example.org")
    assert (after.id, after.name, after.status) == (before.id, "Ann Lee", Status.ACTIVE)
    assert len(store.load_history(after.id)) == 1


def test_somebody_who_left_here_stays_so(tmp_path: Path) -> None:
    ann = signup.add("ann@example.org", act=Act(How.COMMAND, NOW))
    signup.leave(ann.id, act=Act(How.FORM, NOW))
    report = take(written(tmp_path, LISTMONK, listmonk("ann@example.org")))
    assert (report.left_here, report.active) == (1, 0)
    assert person("ann@example.org").status is Status.LEFT


@pytest.mark.parametrize("status", ["enabled", "disabled", "unconfirmed", "bounced"])
def test_nobody_gets_past_the_suppression_list(tmp_path: Path, status: str) -> None:
    suppress("ann@example.org", SuppressionReason.ERASED, now=NOW)
    report = take(written(tmp_path, LISTMONK, listmonk("ANN@example.org", status)))
    assert (report.suppressed, report.suppressions) == (1, 0)
    assert store.find_subscriber("ann@example.org") is None
    assert models.Suppression.objects.get().reason == SuppressionReason.ERASED


def test_who_is_suppressed_between_the_report_and_the_yes_is_not_taken(tmp_path: Path) -> None:
    lines = [listmonk(f"{name}@example.org") for name in ("ann", "bob", "eve")]
    prepared = prepare(written(tmp_path, LISTMONK, *lines))
    suppress("ann@example.org", SuppressionReason.COMPLAINED, now=NOW)
    bob = signup.add("bob@example.org", act=Act(How.COMMAND, NOW))
    signup.leave(bob.id, act=Act(How.FORM, NOW))
    report = plan.carry_out(prepared)
    assert (report.active, report.suppressed, report.left_here) == (1, 1, 1)
    assert store.find_subscriber("ann@example.org") is None
    assert person("bob@example.org").status is Status.LEFT


def test_who_is_suppressed_here_meanwhile_gets_no_second_suppression(tmp_path: Path) -> None:
    signup.add("ann@example.org", act=Act(How.COMMAND, NOW))
    suppress("ann@example.org", SuppressionReason.BOUNCED, now=NOW)
    suppress("bob@example.org", SuppressionReason.BOUNCED, now=NOW)
    out = StringIO(newline="")
    write_subscribers(out, NOW.date())
    lift("ann@example.org", act=Act(How.COMMAND, NOW), note="typing error")
    file = tmp_path / "ours.csv"
    file.write_text(out.getvalue(), newline="")
    prepared = prepare(file)
    assert (prepared.report.here, prepared.report.suppressions) == (1, 1)
    suppress("ann@example.org", SuppressionReason.COMPLAINED, now=NOW)
    report = plan.carry_out(prepared)
    assert (report.here, report.suppressed, report.suppressions) == (0, 1, 0)
    assert [one.reason for one in load_acts("ann@example.org")][1:] == [
        SuppressionReason.BOUNCED,
        SuppressionReason.COMPLAINED,
    ]


def test_what_stands_on_the_suppression_list_is_no_new_act_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(
        written(
            tmp_path,
            LISTMONK,
            listmonk("ann@example.org", "bounced"),
            listmonk("bob@example.org", "bounced"),
        )
    )
    suppress("ann@example.org", SuppressionReason.COMPLAINED, now=NOW)
    monkeypatch.setattr(settling, "_SUPPRESSED", "SELECT 1 WHERE %(run)s > 0")
    plan.carry_out(prepared)
    reasons = set(models.Suppression.objects.values_list("reason", flat=True))
    assert reasons == {SuppressionReason.COMPLAINED.value, SuppressionReason.BOUNCED.value}
    assert len(load_acts("ann@example.org")) == len(load_acts("bob@example.org")) == 1


def test_of_two_lines_about_one_address_the_first_counts(tmp_path: Path) -> None:
    lines = (mailchimp("ann@example.org", "First"), mailchimp("Ann@Example.org", "Second"))
    report = take(written(tmp_path, SUBSCRIBED, *lines))
    assert (report.active, report.duplicate) == (1, 1)
    assert person("ann@example.org").name == "First"
    assert [(one.verdict, one.line) for one in report.problems] == [(Verdict.DUPLICATE, 3)]


def test_a_stricter_line_counts_wherever_it_stands(tmp_path: Path) -> None:
    lines = (listmonk("ann@example.org"), listmonk("ann@example.org", "disabled"))
    take(written(tmp_path, LISTMONK, *lines))
    assert person("ann@example.org").status is Status.LEFT


def test_a_line_that_is_not_valid_is_told_by_its_number_and_reason(tmp_path: Path) -> None:
    lines = (mailchimp("ann@example.org"), mailchimp("secret@@example.org"))
    report = take(written(tmp_path, SUBSCRIBED, *lines))
    (problem,) = report.problems
    assert (report.active, report.invalid, problem.line) == (1, 1, 3)
    assert problem.reason
    assert "secret" not in problem.reason


def test_unknown_columns_are_kept_as_attributes(tmp_path: Path) -> None:
    take(written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org", TAGS="Editors", LEID="7")))
    assert person("ann@example.org").attributes == {"TAGS": "Editors", "LEID": "7"}


def test_attributes_in_json_are_taken_apart(tmp_path: Path) -> None:
    more = json.dumps({"city": "Oslo", "n": 3, "odd": "\x00\ud800!"}).replace('"', '""')
    take(written(tmp_path, LISTMONK, listmonk("ann@example.org", more=more)))
    found = person("ann@example.org").attributes
    assert (found["city"], found["n"], found["odd"]) == ("Oslo", 3, "!")


def test_attributes_are_bounded(tmp_path: Path) -> None:
    columns = ",".join(f"c{number}" for number in range(50))
    cells = ",".join(["x" * 900] * 50)
    file = written(tmp_path, f"email,on,{columns}", f"ann@example.org,2020-01-01,{cells}")
    take(file, columns={"email": "email", "consented_at": "on"})
    found = person("ann@example.org").attributes
    assert len(found) == 30
    assert {len(str(text)) for text in found.values()} == {500}


def test_a_line_may_end_in_commas_that_add_nothing(tmp_path: Path) -> None:
    columns = {"email": "email", "name": "name", "consented_at": "on"}
    lines = ("ann@example.org,Ann,2020-01-01,", "bob@example.org,Bob,2020-01-01, ,,")
    assert take(written(tmp_path, "email,name,on", *lines), columns=columns).active == 2
    assert person("bob@example.org").name == "Bob"


def test_a_file_in_utf_16_without_its_mark_is_told_by_its_nul_bytes(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes("email,name\na@example.org,A\n".encode("utf-16-le"))
    with pytest.raises(ImportFileError, match=r"line 1 holds a NUL byte.*--encoding utf-16-le"):
        prepare(tmp_path / "list.csv")


def test_why_a_line_has_no_proof_of_consent_is_told_of_each(tmp_path: Path) -> None:
    cells = ("", "03/04/2023", "2027-01-01", "soon")
    lines = [f"a{number}@example.org,{cell}" for number, cell in enumerate(cells)]
    columns = {"email": "email", "consented_at": "on"}
    file = written(tmp_path, "email,on", *lines)
    told = [one.reason.split(" (")[0] for one in prepare(file, columns=columns).report.problems]
    assert told == [
        "its date of consent is empty",
        "its date of consent '03/04/2023' is ambiguous",
        "its date of consent '2027-01-01' is in the future",
        "its date of consent is not a date",
    ]
    without = prepare(file, columns={"email": "email"}).report.problems
    assert {one.reason for one in without} == {
        "no column holds a date of consent: map it with consented_at=COLUMN"
    }


def test_the_order_of_dates_is_the_operators_and_begins_a_run_of_its_own(tmp_path: Path) -> None:
    file = written(tmp_path, "email,on", "ann@example.org,03/04/2023")
    columns = {"email": "email", "consented_at": "on"}
    assert prepare(file, columns=columns).report.unproven == 1
    assert take(file, columns=columns, dates=DateOrder.DAY_FIRST).active == 1
    assert person("ann@example.org").created_at.date() == date(2023, 4, 3)


def test_a_reason_that_does_not_decide_is_not_told(tmp_path: Path) -> None:
    suppress("ann@example.org", SuppressionReason.BY_HAND, now=NOW)
    bare = {"OPTIN_TIME": "", "CONFIRM_TIME": ""}
    report = take(written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org", **bare)))
    assert [one.reason for one in report.problems] == ["on the suppression list: never mailed"]


def test_columns_that_stand_twice_are_kept_and_told(tmp_path: Path) -> None:
    file = written(tmp_path, "email,on,x,X", "ann@example.org,2020-01-01,1,2")
    prepared = prepare(file, columns={"email": "email", "consented_at": "on"})
    assert prepared.doubled == ("X",)
    plan.carry_out(prepared)
    assert person("ann@example.org").attributes == {"x": "1", "X": "2"}


def test_a_file_of_a_header_alone_is_empty(tmp_path: Path) -> None:
    assert prepare(written(tmp_path, SUBSCRIBED)).report.is_empty
    only_invalid = written(tmp_path, SUBSCRIBED, mailchimp("bad"), name="bad.csv")
    assert not prepare(only_invalid).report.is_empty


def test_without_proof_of_consent_nobody_is_taken(tmp_path: Path) -> None:
    bare = {"OPTIN_TIME": "", "CONFIRM_TIME": "someday"}
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org", **bare))
    report = take(file)
    assert (report.unproven, report.active) == (1, 0)
    assert report.problems[0].verdict is Verdict.UNPROVEN
    assert store.find_subscriber("ann@example.org") is None


def test_on_the_operators_word_people_are_taken_without_proof(tmp_path: Path) -> None:
    bare = {"OPTIN_TIME": "", "CONFIRM_TIME": ""}
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org", **bare))
    report = take(file, without_proof=WithoutProof.ACCEPT)
    assert (report.active, report.accepted) == (1, 1)
    (record,) = store.load_history(person("ann@example.org").id)
    assert record.wording == WORDS
    assert "agreed_at" not in record.proof


def test_without_proof_people_can_be_asked_at_a_pace_that_budgets_hold(tmp_path: Path) -> None:
    bare = {"OPTIN_TIME": "", "CONFIRM_TIME": ""}
    at_one = [mailchimp(f"a{number}@one.example.org", **bare) for number in range(5)]
    others = [mailchimp(f"a@d{number}.example.org", **bare) for number in range(6)]
    file = written(tmp_path, SUBSCRIBED, *at_one, *others, mailchimp("proven@example.org"))
    budgets = Budgets(per_hour=4, per_domain_hour=2)
    report = take(file, without_proof=WithoutProof.CONFIRM, budgets=budgets)
    assert (report.confirming, report.active) == (11, 1)
    owed = list(models.Notice.objects.values_list("subscriber_id", "kind", "due_at"))
    assert {kind for _, kind, _ in owed} == {"confirm"}
    hours = Counter(due for _, _, due in owed)
    assert (sum(hours.values()), max(hours.values())) == (11, 4)
    assert max(hours) <= NOW + timedelta(hours=3)
    people = {one.id: one for one in store.load_subscribers(Status.PENDING)}
    assert all(people[number].asked_at == due for number, _, due in owed)
    one = Counter(
        due for number, _, due in owed if people[number].address.endswith("@one.example.org")
    )
    assert max(one.values()) == 2


def confirming(folder: Path, number: int, per_hour: int) -> None:
    bare = {"OPTIN_TIME": "", "CONFIRM_TIME": ""}
    lines = [mailchimp(f"a{n}@d{n}.example.org", **bare) for n in range(number)]
    budgets = Budgets(per_hour=per_hour)
    file = written(folder, SUBSCRIBED, *lines)
    take(file, without_proof=WithoutProof.CONFIRM, budgets=budgets)


def test_who_is_asked_gets_the_mail_when_it_is_due_and_can_confirm_days_later(
    tmp_path: Path,
) -> None:
    confirming(tmp_path, 3, per_hour=1)
    hours = [NOW + timedelta(hours=number) for number in range(3)]
    claimed = []
    for now in hours:
        with transaction.atomic():
            assert notices.claim_due(now - timedelta(seconds=1), 10) == []
            (owed,) = notices.claim_due(now, 10)
        claimed.append((owed.kind, owed.address))
        later = now + timedelta(days=10)
        ann = signup.confirm(owed.subscriber_id, act=Act(How.FORM, later, "/c", WORDS))
        assert (ann.status, ann.activated_at) == (Status.ACTIVE, later)
    assert claimed == [(NoticeKind.CONFIRM, f"a{n}@d{n}.example.org") for n in range(3)]


def test_whoever_must_confirm_a_line_of_our_own_export_was_never_active(tmp_path: Path) -> None:
    signup.add("ann@example.org", act=Act(How.COMMAND, NOW))
    out = StringIO(newline="")
    write_subscribers(out, NOW.date())
    header, *cells = csv.reader(StringIO(out.getvalue(), newline=""))
    bare = [
        "" if name == "consented_at" else cell for name, cell in zip(header, cells[0], strict=True)
    ]
    models.Subscriber.objects.all().delete()
    file = written(tmp_path, ",".join(header), ",".join(bare))
    take(file, without_proof=WithoutProof.CONFIRM)
    ann = person("ann@example.org")
    assert (ann.status, ann.activated_at) == (Status.PENDING, None)


def test_who_waits_long_for_the_mail_is_not_forgotten_before_a_month_after_it(
    tmp_path: Path,
) -> None:
    confirming(tmp_path, 2, per_hour=1)
    last = models.Subscriber.objects.get(address__startswith="a1@")
    due = NOW + timedelta(days=60)  # as in a list of a great many
    models.Subscriber.objects.filter(id=last.pk).update(asked_at=due)
    models.Notice.objects.filter(subscriber_id=last.pk).update(due_at=due)
    applications.prune(due)
    assert list(models.Subscriber.objects.values_list("id", flat=True)) == [last.pk]
    with transaction.atomic():
        assert [one.subscriber_id for one in notices.claim_due(due, 10)] == [last.pk]
    applications.prune(due + timedelta(days=29))
    after = Act(How.FORM, due + timedelta(days=29), "/c", WORDS)
    assert signup.confirm(last.pk, act=after).status is Status.ACTIVE


def test_an_erasure_takes_the_line_out_of_an_import_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 10)
    lines = [mailchimp(f"a{number}@example.org") for number in range(35)]
    file = written(tmp_path, SUBSCRIBED, *lines)

    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan.prepare(file, options(), stop)
    for address in ("A3@example.org", "a30@example.org"):  # one is staged, one is not yet
        ann = signup.add(address, act=Act(How.COMMAND, NOW))
        privacy.erase_subscriber(ann.id, act=Act(How.COMMAND, NOW))
    assert models.ImportRow.objects.count() == 19
    assert not models.ImportRow.objects.filter(address__iexact="a3@example.org").exists()
    report = take(file)
    assert (report.active, report.suppressed) == (33, 1)
    assert store.find_subscriber("a3@example.org") is None
    assert nothing_waits()


def test_a_dry_run_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    lines = (mailchimp("ann@example.org"), mailchimp("bad"))
    prepared = prepare(written(tmp_path, SUBSCRIBED, *lines))
    plan.refuse(prepared)
    assert (prepared.report.active, prepared.report.invalid) == (1, 1)
    assert not models.Subscriber.objects.exists()
    assert nothing_waits()


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org"))
    take(file)
    report = take(file)
    assert (report.here, report.changes_nothing) == (1, True)
    assert models.Consent.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('ann@example.org,"a"b,c', "line 4: a quote is in the wrong place"),
        ('ann@example.org,"a,b', "line 4: a quote is opened and never closed"),
        ("ann@example.org,a", "line 4 has 2 columns where the first line has 3"),
        ("ann@example.org,a,b,c", "line 4 has 4 columns where the first line has 3"),
        ("ann@example.org,a,b,,c,", "line 4 has 6 columns where the first line has 3"),
        ("ann@example.org,a\0,b", "line 4 holds a NUL byte"),
        ("ann@example.org," + "x" * 200_000 + ",b", "line 4: a field is far too long"),
    ],
)
def test_a_file_that_is_broken_at_its_last_line_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 1)
    good = ("email,name,created_at", "a@example.org,A,2020-01-01", "b@example.org,B,2020-01-01")
    columns = {"email": "email", "consented_at": "created_at"}
    with pytest.raises(ImportFileError, match=told) as caught:
        prepare(written(tmp_path, *good, line), columns=columns)
    assert "ann@" not in str(caught.value)
    assert not models.Subscriber.objects.exists()
    assert nothing_waits()


def test_a_byte_that_is_no_text_in_the_middle_is_told_and_nothing_stays(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(
        SUBSCRIBED.encode() + b"\n" + mailchimp("a@example.org", "\xff").encode("latin-1")
    )
    with pytest.raises(ImportFileError, match="line 2, byte"):
        prepare(file, encoding="utf-8")
    assert nothing_waits()


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_bytes(b"")
    with pytest.raises(ImportFileError, match="is empty"):
        prepare(tmp_path / "none.csv")


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_bytes(b"email,name\n" + b"x" * 3_000_000)
    with pytest.raises(ImportFileError, match="line 2 is far too long"):
        prepare(tmp_path / "long.csv")


def test_quoted_cells_may_hold_lines_and_lines_are_counted_as_editors_count(tmp_path: Path) -> None:
    lines = ('ann@example.org,"A\nB",2020-01-01', "", "wrong,C,2020-01-01")
    file = written(tmp_path, "email;name;created_at".replace(";", ","), *lines)
    report = take(file, columns={"email": "email", "name": "name", "consented_at": "created_at"})
    assert person("ann@example.org").name == "A B"
    assert [one.line for one in report.problems] == [5]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    text = end.join(("email;name;created_at", "ann@example.org;Jürgen Müller;2020-01-01", ""))
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode(encoding))
    take(file, columns={"email": "EMAIL", "name": "Name", "consented_at": "created_at"})
    assert person("ann@example.org").name == "Jürgen Müller"


def test_the_files_of_a_zip_are_taken_together_the_strictest_first(tmp_path: Path) -> None:
    active = "\n".join([SUBSCRIBED, *(mailchimp(f"{n}@example.org") for n in "abc")])
    gone = f"{SUBSCRIBED},UNSUB_TIME\n{mailchimp('b@example.org')},2021-01-01 00:00:00"
    cleaned = f"{SUBSCRIBED},CLEAN_TIME\n{mailchimp('c@example.org')},2021-01-01 00:00:00"
    file = zipped(tmp_path, subscribed=active, unsubscribed=gone, cleaned=cleaned)
    report = take(file)
    assert (report.active, report.left, report.suppressions, report.duplicate) == (1, 1, 1, 2)
    assert person("b@example.org").status is Status.LEFT
    assert is_suppressed("c@example.org")
    assert {one.table for one in report.problems} == {"subscribed.csv"}


def test_a_zip_cannot_lead_out_of_itself(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    text = f"{SUBSCRIBED}\n{mailchimp('ann@example.org')}\n"
    file = zipped(folder, **{"..__..__..__evil": text, "__abs": text})
    assert take(file).active == 1
    assert [one.name for one in tmp_path.rglob("*")] == ["inner", "export.zip"]


@pytest.mark.parametrize("what", ["members", "bytes", "no table", "truncated", "garbled", "line"])
def test_a_zip_that_is_a_bomb_or_broken_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    text = f"{SUBSCRIBED}\n" + "\n".join(mailchimp(f"a{n}@example.org") for n in range(2000))
    members = {"list": text}
    if what == "members":
        members = {f"list{number}": text for number in range(21)}
    if what == "bytes":
        monkeypatch.setattr(reading, "MOST_BYTES", 10_000)
    if what == "line":
        members = {"list": "x" * 5_000_000}
    file = zipped(tmp_path, **members)
    body = file.read_bytes()
    if what == "truncated":
        file.write_bytes(body[: len(body) // 2])
    if what == "garbled":
        file.write_bytes(body[:3000] + bytes(200) + body[3200:])
    if what == "no table":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("workbook.xml", "x")
    with pytest.raises(ImportFileError):
        prepare(file)
    assert not models.Subscriber.objects.exists()
    assert nothing_waits()


def test_a_run_that_stopped_is_taken_up_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 10)
    lines = [mailchimp(f"a{number}@example.org") for number in range(35)]
    file = written(tmp_path, SUBSCRIBED, *lines)

    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan.prepare(file, options(), stop)
    assert models.ImportRow.objects.count() == 20
    prepared = prepare(file)
    assert prepared.resumed_at == 21
    assert plan.carry_out(prepared).active == 35
    assert models.Subscriber.objects.count() == 35
    assert models.Consent.objects.count() == 35
    assert nothing_waits()


def test_other_options_begin_anew_and_what_was_forgotten_is_emptied_after_a_day(
    tmp_path: Path,
) -> None:
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org"))
    prepare(file)
    second = prepare(file, without_proof=WithoutProof.ACCEPT)
    assert models.ImportRun.objects.count() == 2
    plan.refuse(second)
    assert models.ImportRow.objects.count() == 1
    later = prepare(
        written(tmp_path, SUBSCRIBED, mailchimp("b@example.org")), now=NOW + timedelta(2)
    )
    assert models.ImportRun.objects.get().pk == later.run.pk


def test_a_run_that_nobody_answers_is_emptied_after_a_day(tmp_path: Path) -> None:
    prepare(written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org")))
    staging.discard_stale(NOW + timedelta(hours=24))
    assert models.ImportRow.objects.count() == 1
    staging.discard_stale(NOW + timedelta(hours=25))
    assert nothing_waits()


def test_two_runs_of_one_file_at_once_do_not_double_it(tmp_path: Path) -> None:
    file = written(tmp_path, SUBSCRIBED, mailchimp("ann@example.org"))
    first, second = prepare(file), prepare(file)
    plan.carry_out(first)
    with pytest.raises(ImportBusyError):
        plan.carry_out(second)
    assert models.Consent.objects.count() == 1


def test_of_two_runs_that_read_one_file_the_second_stops(tmp_path: Path) -> None:
    run = staging.begin("f", options())
    twin = staging.begin("f", options())
    staging.finish_part(run, 0)
    with pytest.raises(ImportBusyError):
        staging.finish_part(twin, 0)

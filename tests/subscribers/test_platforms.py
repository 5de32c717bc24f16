"""Files of other platforms: recognised by their columns, their words understood."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from subscribers.errors import ImportFileError
from subscribers.imports.detect import delimiter_of, encoding_of, first_undecodable
from subscribers.imports.layout import Layout, columns_of, layout_of
from subscribers.imports.moments import moment_of, why_no_moment
from subscribers.imports.ours import LineError
from subscribers.imports.platforms import OUR_COLUMNS, plain_column, recognise
from subscribers.imports.rows import standing_of
from subscribers.imports.values import DateOrder, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 4, 7, 7, 30, tzinfo=UTC)

MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
HEADERS = {
    "mailchimp": MAILCHIMP,
    "substack": "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at",
    "ghost": "id,email,name,note,subscribed_to_emails,complimentary_plan,labels,created_at",
    "beehiiv": "email,First Name,Last Name,status,tier,created_at,unsubscribed_at",
    "buttondown": "email_address,notes,tags,metadata,type,creation_date,ip_address",
    "kit": "id,first_name,email,state,created_at,tags",
    "listmonk": "uuid,email,name,attributes,status,created_at,updated_at",
}


def layout(header: str, table: str = "") -> Layout:
    return layout_of(header.split(","), [], {}, table)


def standing(header: str, table: str = "", **cells: str) -> Standing:
    names = [plain_column(name) for name in header.split(",")]
    row = [cells.get(name.replace(" ", "_"), "") for name in names]
    return standing_of(layout(header, table), row)


@pytest.mark.parametrize("name", HEADERS)
def test_a_platform_is_recognised_by_its_columns(name: str) -> None:
    assert layout(HEADERS[name]).platform.name == name


@pytest.mark.parametrize("name", HEADERS)
def test_case_and_spaces_of_the_columns_do_not_count(name: str) -> None:
    shouted = HEADERS[name].upper().replace("_", "  ").replace(",", " , ")
    assert layout(shouted).platform.name == name


def test_the_files_of_mailchimp_are_told_apart_by_their_columns() -> None:
    assert standing(MAILCHIMP) is Standing.ACTIVE
    assert standing(f"{MAILCHIMP},UNSUB_TIME,UNSUB_REASON") is Standing.LEFT
    assert standing(f"{MAILCHIMP},CLEAN_TIME") is Standing.BOUNCED


def test_people_who_never_signed_up_at_mailchimp_are_refused() -> None:
    with pytest.raises(LineError, match="never signed up"):
        standing(MAILCHIMP, "nonsubscribed_members_export.csv")


@pytest.mark.parametrize(
    ("platform", "cells", "expected"),
    [
        ("substack", {"email_disabled": "false"}, Standing.ACTIVE),
        ("substack", {"email_disabled": "true"}, Standing.LEFT),
        ("ghost", {"subscribed_to_emails": "true"}, Standing.ACTIVE),
        ("ghost", {"subscribed_to_emails": "false"}, Standing.LEFT),
        ("beehiiv", {"status": "active"}, Standing.ACTIVE),
        ("beehiiv", {"status": "active", "unsubscribed_at": "2024-03-13"}, Standing.LEFT),
        ("beehiiv", {"status": "inactive"}, Standing.LEFT),
        ("beehiiv", {"status": "pending"}, Standing.PENDING),
        ("beehiiv", {"status": "invalid"}, Standing.BOUNCED),
        ("buttondown", {"type": "regular"}, Standing.ACTIVE),
        ("buttondown", {"type": "unactivated"}, Standing.PENDING),
        ("buttondown", {"type": "unsubscribed"}, Standing.LEFT),
        ("buttondown", {"type": "undeliverable"}, Standing.BOUNCED),
        ("buttondown", {"type": "complained"}, Standing.COMPLAINED),
        ("buttondown", {"type": "spammy"}, Standing.BLOCKED),
        ("kit", {"state": "active"}, Standing.ACTIVE),
        ("kit", {"state": "inactive"}, Standing.PENDING),
        ("kit", {"state": "cancelled"}, Standing.LEFT),
        ("kit", {"state": "bounced"}, Standing.BOUNCED),
        ("kit", {"state": "complained"}, Standing.COMPLAINED),
        ("listmonk", {"status": "enabled"}, Standing.ACTIVE),
        ("listmonk", {"status": "disabled"}, Standing.LEFT),
        ("listmonk", {"status": "Blocklisted"}, Standing.BLOCKED),
        ("listmonk", {"status": "blacklisted"}, Standing.BLOCKED),
    ],
)
def test_the_words_of_each_platform_are_understood(
    platform: str, cells: dict[str, str], expected: Standing
) -> None:
    assert standing(HEADERS[platform], **cells) is expected


def test_a_status_that_nobody_knows_is_no_guess() -> None:
    with pytest.raises(LineError, match="no word that we know"):
        standing(HEADERS["listmonk"], status="fancy")


def test_columns_that_nobody_knows_are_listed_with_the_map_to_type() -> None:
    rows = [["Ann Lee", "ann@example.org", "x"], ["Bob", "bob@example.org", "y"]]
    with pytest.raises(ImportFileError) as caught:
        layout_of(["Full Name", "E-Mail Adresse", "Sign-up date"], rows, {})
    told = str(caught.value)
    assert "'Full Name', 'E-Mail Adresse', 'Sign-up date'" in told
    wanted = "email=E-Mail Adresse,name=Full Name,consented_at=Sign-up date"
    assert f"--map '{wanted}'" in told
    assert "example.org" not in told


@pytest.mark.parametrize(
    "column",
    [
        *("joined", "Joined On", "start date", "Subscribed", "Signup Date", "sign-up date"),
        *("opt-in", "Opt-In Date", "OPT_IN", "created", "created_at", "Date Added", "Member since"),
    ],
)
def test_a_column_that_may_hold_the_date_of_consent_is_proposed(column: str) -> None:
    for cells in (["ann@example.org", "03/04/2023"], ["ann@example.org", ""]):
        with pytest.raises(ImportFileError, match=rf"email=Mail,consented_at={column}'? \("):
            layout_of(["Mail", column], [cells], {})


def test_of_two_columns_that_may_hold_it_the_more_telling_is_proposed() -> None:
    with pytest.raises(ImportFileError, match="consented_at=Opt-in date'"):
        layout_of(["Mail", "Created", "Opt-in date"], [], {})


def test_a_column_of_yes_and_no_is_no_date_and_one_of_regions_no_status() -> None:
    rows = [["ann@example.org", "yes", "Ohio"], ["bob@example.org", "no", "Utah"]]
    with pytest.raises(ImportFileError, match="--map email=Mail,consented_at=COLUMN "):
        layout_of(["Mail", "Subscribed", "State"], rows, {})


def test_why_the_date_of_consent_matters_is_said_with_the_map_to_type() -> None:
    with pytest.raises(ImportFileError, match="without it there is no proof") as caught:
        layout_of(["Mail", "City"], [["ann@example.org", "Oslo"]], {})
    assert "--map email=Mail,consented_at=COLUMN " in str(caught.value)


def test_a_file_without_a_header_is_told_so_and_shows_no_address() -> None:
    with pytest.raises(ImportFileError, match="the first line holds an address") as caught:
        layout_of(["ann@example.org", "Ann"], [], {})
    assert "ann@" not in str(caught.value)


def test_a_map_names_any_columns_even_with_commas() -> None:
    columns = columns_of(["email=Mail, private,first_name=Vorname", "last_name=Nachname"])
    assert columns == {"email": "Mail, private", "first_name": "Vorname", "last_name": "Nachname"}
    found = layout_of(["Nachname", "Vorname", "mail,  Private", "x"], [], columns)
    assert (found.address, found.names, found.others) == (2, (1, 0), (("x", 3),))


@pytest.mark.parametrize("text", ["mail=x", "email=", "email=a,email=b", "name=N", "email"])
def test_a_map_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ImportFileError, match="--map"):
        columns_of([text])


def test_a_map_to_a_column_that_is_not_there_lists_those_there_are() -> None:
    with pytest.raises(ImportFileError, match="there is no column 'Mail'; there are 'a', 'b'"):
        layout_of(["a", "b"], [], {"email": "Mail"})


def test_two_columns_of_one_name_are_kept_apart_and_told() -> None:
    found = layout("email,subscribed_to_emails,note,Note,note,note (2),,")
    assert found.platform.name == "ghost"
    names = ("note", "Note", "note (2)", "note (2) (2)", "column 7", "column 8")
    assert [name for name, _ in found.others] == list(names)
    assert found.doubled == ("Note", "note")


@pytest.mark.parametrize("name", ["email", "Subscribed_To_Emails", "created_at"])
def test_a_column_that_decides_something_must_not_stand_there_twice(name: str) -> None:
    with pytest.raises(ImportFileError, match=f"the column '{name}' stands twice"):
        layout(f"email,subscribed_to_emails,created_at,{name}")


def test_a_column_that_is_mapped_must_not_stand_there_twice() -> None:
    with pytest.raises(ImportFileError, match="the column 'On' stands twice"):
        layout_of(["mail", "on", "On"], [], {"email": "mail", "consented_at": "on"})


def test_any_column_of_our_own_export_must_not_stand_there_twice() -> None:
    header = [*OUR_COLUMNS, "Suppression"]
    with pytest.raises(ImportFileError, match="the column 'Suppression' stands twice"):
        layout_of(header, [], {})


def test_a_header_of_a_great_many_columns_takes_no_time_to_speak_of() -> None:
    assert len(layout_of(["email", "on", *["x"] * 200_000], [], {"email": "email"}).others) == 30


def test_an_unknown_header_is_nobodys() -> None:
    assert recognise(["email"]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-02-05 19:28:23", datetime(2018, 2, 5, 19, 28, 23, tzinfo=UTC)),
        ("2018-08-27T15:06:27.713Z", datetime(2018, 8, 27, 15, 6, 27, 713000, tzinfo=UTC)),
        ("2023-03-24 10:23:10 UTC", datetime(2023, 3, 24, 10, 23, 10, tzinfo=UTC)),
        ("2023-03-24 10:23:10 +0200", datetime(2023, 3, 24, 8, 23, 10, tzinfo=UTC)),
        ("2023-03-24", datetime(2023, 3, 24, tzinfo=UTC)),
        ("24.03.2023 10:23", datetime(2023, 3, 24, 10, 23, tzinfo=UTC)),
        ("Mar 24, 2023", datetime(2023, 3, 24, tzinfo=UTC)),
        ("1679653390", datetime(2023, 3, 24, 10, 23, 10, tzinfo=UTC)),
        ("1679653390000", datetime(2023, 3, 24, 10, 23, 10, tzinfo=UTC)),
        ("03/04/2023", None),  # the third of April, or the fourth of March
        ("3-4-2023", None),
        ("24/03/2023", datetime(2023, 3, 24, tzinfo=UTC)),
        ("3/24/2023 1:05 PM", datetime(2023, 3, 24, 13, 5, tzinfo=UTC)),
        ("04/04/2023", datetime(2023, 4, 4, tzinfo=UTC)),
        ("31/31/2023", None),
        ("2027-01-01", None),  # has not come yet
        ("1970-01-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yes", None),
        ("", None),
    ],
)
def test_a_date_is_read_where_it_can_be_read_in_one_way(
    text: str, expected: datetime | None
) -> None:
    assert moment_of(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("03/04/2023", (4, 3), (3, 4)),
        ("03-04-2023 10:00", (4, 3), (3, 4)),
        ("24/03/2023", (3, 24), None),
        ("3/24/2023", None, (3, 24)),
        ("2023-03-24", (3, 24), (3, 24)),
    ],
)
def test_the_operator_says_whether_the_day_or_the_month_is_first(
    text: str, day_first: tuple[int, int] | None, month_first: tuple[int, int] | None
) -> None:
    for order, expected in zip(DateOrder, (day_first, month_first), strict=True):
        found = moment_of(text, NOW, order)
        assert (found and (found.month, found.day)) == expected


@pytest.mark.parametrize(
    ("text", "order", "why"),
    [
        ("", None, "its date of consent is empty"),
        ("03/04/2023", None, " '03/04/2023' is ambiguous (day or month first?): say --dates day-f"),
        ("2027-01-01", None, " '2027-01-01' is in the future"),
        ("31/31/2023", None, " '31/31/2023' is not a date"),
        ("24/03/2023", DateOrder.MONTH_FIRST, " '24/03/2023' is not a date with month-first"),
        ("1970-01-01", None, " '1970-01-01' is before 1990"),
    ],
)
def test_why_a_date_proves_nothing_is_said_of_each(
    text: str, order: DateOrder | None, why: str
) -> None:
    assert why in why_no_moment(text, NOW, order)


@pytest.mark.parametrize("text", ["Ann Lee", "ann1@example.org", "1 " + "x" * 40])
def test_a_cell_that_does_not_look_like_a_date_is_not_repeated(text: str) -> None:
    assert why_no_moment(text, NOW) == "its date of consent is not a date"


def bytes_of(body: bytes) -> Callable[[], BytesIO]:
    return lambda: BytesIO(body)


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("email,name\nann@example.org,Ann\n", "ascii", "utf-8"),
        ("email,name\nann@example.org,Jürgen 王\n", "utf-8", "utf-8"),
        ("email,name\nann@example.org,Jürgen\n", "utf-8-sig", "utf-8-sig"),
        ("email,name\nann@example.org,Jürgen\n", "utf-16", "utf-16"),
        ("email,name\nann@example.org,Jürgen Müller\nb@example.org,René\n", "cp1252", "cp1252"),
        ("email,name\nann@example.org,王小明\nb@example.org,稀土新闻\n", "gb18030", "gb18030"),
        ("email,name\nann@example.org,山田太郎\nb@example.org,テスト\n", "cp932", "cp932"),
        ("email,name\nann@example.org,さくら\n", "cp932", "cp932"),
    ],
)
def test_an_encoding_is_proven_by_the_bytes(text: str, encoding: str, found: str) -> None:
    assert encoding_of(bytes_of(text.encode(encoding)))[0] == found


def test_two_encodings_in_one_file_are_told_with_line_and_byte() -> None:
    good = "email,name\na@example.org,René\nb@example.org,Zoë\n".encode()
    body = good + "c@example.org,Jürgen\n".encode("cp1252")
    with pytest.raises(ImportFileError, match=f"line 4, byte {len(good) + 16} is not UTF-8"):
        encoding_of(bytes_of(body))


def test_bytes_of_no_plausible_encoding_are_no_guess() -> None:
    with pytest.raises(ImportFileError, match="--encoding"):
        encoding_of(bytes_of(b"email,name\na@example.org,\x81\xff\xfe\xfd\n"))


def test_an_encoding_by_name_must_exist() -> None:
    assert encoding_of(bytes_of(b"email\n"), "latin-1")[0] == "latin-1"
    for name in ("klingon", "base64"):
        with pytest.raises(ImportFileError, match="there is no encoding"):
            encoding_of(bytes_of(b"email\n"), name)


def test_the_bad_byte_is_found_far_into_a_file() -> None:
    good = "ü\n".encode() * 100_000
    assert first_undecodable(bytes_of(good + b"ok\xff"), "utf-8") == (100_001, len(good) + 3)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_what_the_header_has_most_of(mark: str) -> None:
    assert delimiter_of([f"email{mark}name, first;last{mark}x{mark}y{mark}z\n"]) == mark
    assert delimiter_of(["email\n", "a;b@example.org\n"]) == ","

"""What becomes of staged lines: decided, and done, by a few statements both databases take."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from subscribers.imports.staging import CHUNK, empty
from subscribers.imports.values import ImportBusyError, Verdict, WithoutProof
from subscribers.limits import domain_of
from subscribers.models import ImportRow, ImportRun, Wording
from subscribers.store import wording_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from subscribers.imports.values import ImportOptions
    from subscribers.limits import Budgets

Verdicts = Counter[tuple[str, str, str, bool]]
"""How many lines have each verdict, status, suppression, and lack of proof."""

_RESET = """
UPDATE subscribers_import_row SET verdict = 'new'
WHERE run_id = %(run)s AND verdict NOT IN ('new', 'invalid')
"""
# Of several lines about one address the strictest counts, then the first: nobody is signed up
# again by an older line.
_DUPLICATES = """
UPDATE subscribers_import_row SET verdict = 'duplicate' WHERE id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY address_hash ORDER BY strictness DESC, id) AS place
    FROM subscribers_import_row WHERE run_id = %(run)s AND verdict = 'new'
  ) AS placed WHERE place > 1
)
"""
_SUPPRESSED = """
UPDATE subscribers_import_row SET verdict = 'suppressed'
WHERE run_id = %(run)s
AND (verdict IN ('new', 'unproven') OR (verdict IN ('here', 'left') AND suppression <> ''))
AND address_hash IN (SELECT address_hash FROM subscribers_suppression)
"""
_LEFT = """
UPDATE subscribers_import_row SET verdict = 'left'
WHERE run_id = %(run)s AND verdict IN ('new', 'unproven') AND status <> ''
AND address_hash IN (SELECT address_hash FROM subscribers_subscriber WHERE status = 'left')
"""
_HERE = """
UPDATE subscribers_import_row SET verdict = 'here'
WHERE run_id = %(run)s AND verdict IN ('new', 'unproven') AND status <> ''
AND address_hash IN (SELECT address_hash FROM subscribers_subscriber)
"""
_UNPROVEN = """
UPDATE subscribers_import_row SET verdict = 'unproven'
WHERE run_id = %(run)s AND verdict = 'new' AND is_unproven
"""

_SUBSCRIBERS = """
INSERT INTO subscribers_subscriber (
  address, address_hash, name, status, created_at, changed_at, activated_at, paused_until,
  asked_at, source, language, rhythm, depth, sections, follows, hour, time_zone, mail_format,
  attributes)
SELECT address, address_hash, name, status, created_at, changed_at, activated_at, paused_until,
  due_at, source, language, rhythm, depth, sections, follows, hour, time_zone, mail_format,
  attributes
FROM subscribers_import_row
WHERE run_id = %(run)s AND verdict = 'new' AND status <> '' ORDER BY id
"""
_CONSENTS = """
INSERT INTO subscribers_consent (
  subscriber_id, kind, happened_at, how, page, wording_id, detail, network, actor, proof)
SELECT person.id, 'imported', %(now)s, 'import', %(page)s,
  CASE WHEN line.status IN ('active', 'paused') THEN %(wording)s END, line.status, '', %(by)s,
  line.proof
FROM subscribers_import_row AS line
JOIN subscribers_subscriber AS person ON person.address_hash = line.address_hash
WHERE line.run_id = %(run)s AND line.verdict = 'new' AND line.status <> '' ORDER BY line.id
"""
_NOTICES = """
INSERT INTO subscribers_notice (subscriber_id, kind, due_at, state, detail)
SELECT person.id, 'confirm', line.due_at, 'planned', ''
FROM subscribers_import_row AS line
JOIN subscribers_subscriber AS person ON person.address_hash = line.address_hash
WHERE line.run_id = %(run)s AND line.verdict = 'new' AND line.due_at IS NOT NULL ORDER BY line.id
"""
_TAKEN_SUPPRESSIONS = """
FROM subscribers_import_row WHERE run_id = %(run)s AND suppression <> ''
AND verdict IN ('new', 'here', 'left', 'unproven')
"""
_SUPPRESSIONS = f"""
INSERT INTO subscribers_suppression (address_hash, reason, created_at)
SELECT address_hash, suppression, %(now)s {_TAKEN_SUPPRESSIONS} ORDER BY id
ON CONFLICT (address_hash) DO NOTHING
"""
# Before the suppressions themselves: what stands there already is no new act.
_SUPPRESSION_ACTS = f"""
INSERT INTO subscribers_suppression_act (address_hash, act, reason, actor, note, happened_at)
SELECT address_hash, 'suppressed', suppression, %(by)s, 'import', %(now)s {_TAKEN_SUPPRESSIONS}
AND address_hash NOT IN (SELECT address_hash FROM subscribers_suppression) ORDER BY id
"""  # noqa: S608 - our own words


def classify(run: ImportRun, options: ImportOptions) -> None:
    """Give every staged line its verdict; nothing but the staging table is written."""
    with transaction.atomic():
        _execute((_RESET, _DUPLICATES, _SUPPRESSED, _LEFT, _HERE), run)
        if options.without_proof is WithoutProof.REFUSE:
            _execute((_UNPROVEN,), run)


def settle(run: ImportRun, options: ImportOptions) -> Verdicts:
    """Take the new lines into the tables and empty the staging, all in one transaction.

    Whoever signed up, left or was suppressed since the verdicts were given keeps that.

    Raises:
        ImportBusyError: another run has taken or refused the same file meanwhile.
    """
    with transaction.atomic():
        _hold_still()
        if not ImportRun.objects.select_for_update().filter(pk=run.pk).exists():
            raise ImportBusyError("another run has taken or refused this file meanwhile")
        _execute((_SUPPRESSED, _LEFT, _HERE), run)
        if options.without_proof is WithoutProof.CONFIRM:
            _spread_confirmations(run, options)
        _take(run, options)
        verdicts = count_verdicts(run)
        empty(run)
    return verdicts


def count_verdicts(run: ImportRun) -> Verdicts:
    """How many lines there are of each (verdict, status, suppression, is unproven)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verdict, status, suppression, is_unproven, COUNT(*)"
            " FROM subscribers_import_row WHERE run_id = %s"
            " GROUP BY verdict, status, suppression, is_unproven",
            [run.pk],
        )
        return Counter({(a, b, c, bool(d)): number for a, b, c, d, number in cursor.fetchall()})


def _take(run: ImportRun, options: ImportOptions) -> None:
    version = wording_version(options.wording)
    Wording.objects.get_or_create(version=version, defaults={"text": options.wording})
    statements = (_SUBSCRIBERS, _CONSENTS, _NOTICES, _SUPPRESSION_ACTS, _SUPPRESSIONS)
    _execute(
        statements,
        run,
        now=_moment(options.now),
        page=options.page,
        wording=version,
        by=options.by[:100],
    )


def _spread_confirmations(run: ImportRun, options: ImportOptions) -> None:
    """When each confirmation mail is due; the sign-up waits from that moment, not from now."""
    owed = ImportRow.objects.filter(
        run_id=run.pk, verdict=Verdict.NEW.value, status="pending", is_unproven=True
    )
    rows = owed.order_by("id").values_list("id", "address").iterator(chunk_size=CHUNK)
    due = ((_moment(at), number) for number, at in _hours(rows, options.now, options.budgets))
    with connection.cursor() as cursor:
        while chunk := list(islice(due, CHUNK)):
            cursor.executemany("UPDATE subscribers_import_row SET due_at = %s WHERE id = %s", chunk)


def _hours(
    rows: Iterator[tuple[int, str]], now: datetime, budgets: Budgets
) -> Iterator[tuple[int, datetime]]:
    """The first hour that has room for each line: over all, and for its domain."""
    full: Counter[int] = Counter()
    of_domain: dict[str, tuple[int, int]] = {}
    first_free = 0
    for number, address in rows:
        domain = domain_of(address)
        hour, taken = of_domain.get(domain, (0, 0))
        earliest = hour + 1 if taken >= budgets.of_domain(domain) else hour
        while full[first_free] >= budgets.per_hour:
            first_free += 1
        found = max(earliest, first_free)
        while full[found] >= budgets.per_hour:
            found += 1
        full[found] += 1
        of_domain[domain] = (found, taken + 1 if found == hour else 1)
        yield number, now + timedelta(hours=found)


def _execute(statements: tuple[str, ...], run: ImportRun, **values: Any) -> None:  # noqa: ANN401
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"run": run.pk} | values)


def _hold_still() -> None:
    """Nobody signs up between the last look and the writing; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "LOCK TABLE subscribers_subscriber, subscribers_suppression"
                " IN SHARE ROW EXCLUSIVE MODE"
            )


def _moment(moment: datetime) -> Any:  # noqa: ANN401 - what the database's driver takes
    return connection.ops.adapt_datetimefield_value(moment)

"""Files of subscribers for tests, and the way in."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from subscribers.imports import plan
from subscribers.imports.values import ImportOptions

if TYPE_CHECKING:
    from pathlib import Path

    from subscribers.imports.report import Report

NOW = datetime(2026, 4, 7, 7, 30, tzinfo=UTC)
WORDS = "They all signed up on our old site."
LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at"
SUBSCRIBED = (
    "Email Address,First Name,Last Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LEID,EUID,TAGS"
)


def options(**more: Any) -> ImportOptions:
    given: dict[str, Any] = {"now": NOW, "by": "Eve Editor", "wording": WORDS}
    return ImportOptions(**given | more)


def prepare(file: Path, **more: Any) -> plan.Prepared:
    return plan.prepare(file, options(**more), lambda done, total: None)


def take(file: Path, **more: Any) -> Report:
    return plan.carry_out(prepare(file, **more))


def mailchimp(address: str, name: str = "Ann", **cells: str) -> str:
    """A line of Mailchimp's subscribed file."""
    values = {"OPTIN_TIME": "2020-01-02 03:04:05", "CONFIRM_TIME": "2020-01-02 03:05:06"}
    values |= {"Email Address": address, "First Name": name, "CONFIRM_IP": "192.0.2.7"} | cells
    return ",".join(values.get(column, "") for column in SUBSCRIBED.split(","))


def written(folder: Path, *lines: str, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def zipped(folder: Path, **members: str) -> Path:
    file = folder / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".csv", text)
    return file

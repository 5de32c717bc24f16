"""Makes the pinned data of what mail clients support: `python -m tests.caniemail CLONE`.

CLONE is a clone of https://github.com/hteumeuleu/caniemail that holds the commit below (a bare one
will do). Only the newest tested version of each client is kept, with the notes that its mark names;
the licence is kept beside the data.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

COMMIT = "6b086a3483a92078ba5226626e13db6f0a95a113"
FOLDER = Path(__file__).resolve().parent.parent / "newsletter" / "data" / "caniemail"
DATA = FOLDER / "support.json"


def git(clone: Path, *words: str) -> str:
    command = ["git", "-C", str(clone), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def front_matter(text: str) -> dict[str, Any]:
    """The YAML between the first two lines of dashes; some of it is indented by tabs."""
    between = re.split(r"^---\s*$", text, flags=re.MULTILINE)[1]
    matter: dict[str, Any] = yaml.safe_load(between.replace("\t", "  "))
    return matter


def newest(stats: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Client ("outlook.windows") to the last version tested and its marks ("n #1").

    Their files are in the order of the tests; versions themselves are years here and numbers there.
    """
    return {
        f"{family}.{platform}": (str(version), marks)
        for family, platforms in stats.items()
        for platform, versions in platforms.items()
        for version, marks in list((versions or {}).items())[-1:]
    }


def feature_of(matter: dict[str, Any], clients: list[str]) -> dict[str, Any]:
    tested = newest(matter["stats"])
    marks = {
        client: tested[client][1].split()[0] if client in tested else "-" for client in clients
    }
    weak = {
        client: " ".join((version, *re.findall(r"#\d+", words)))
        for client, (version, words) in tested.items()
        if words[0] in "an"
    }
    named = {number for words in weak.values() for number in re.findall(r"#(\d+)", words)}
    notes = {str(key): text for key, text in (matter.get("notes_by_num") or {}).items()}
    return {
        "title": matter["title"],
        "marks": "".join(marks.values()),
        "weak": weak,
        "notes": {number: notes[number] for number in sorted(named) if number in notes},
    }


def matters_of(clone: Path) -> dict[str, dict[str, Any]]:
    paths = git(clone, "ls-tree", "--name-only", COMMIT, "_features/").split()
    return {
        Path(path).stem: front_matter(git(clone, "show", f"{COMMIT}:{path}"))
        for path in paths
        if not Path(path).stem.startswith("_")
    }


def main(clone: Path) -> None:
    matters = matters_of(clone)
    clients = sorted({client for each in matters.values() for client in newest(each["stats"])})
    names = yaml.safe_load(git(clone, "show", f"{COMMIT}:_data/nicenames.yml"))
    data = {
        "source": "https://www.caniemail.com, MIT licence, see LICENSE beside this file",
        "commit": COMMIT,
        "date": git(clone, "show", "-s", "--format=%cs", COMMIT).strip(),
        "families": names["family"],
        "platforms": names["platform"],
        "clients": clients,
        "features": {slug: feature_of(matter, clients) for slug, matter in matters.items()},
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "LICENSE").write_text(git(clone, "show", f"{COMMIT}:LICENSE"), encoding="utf-8")
    lines = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    DATA.write_text(re.sub(r"\n {3,}", " ", lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

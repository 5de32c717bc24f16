"""`newsletter preview` as an editor uses it: files, a reader's version, pictures, watching."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

from newsletter.screenshots import BROWSERS, LOOKS
from tests.test_cli import PROGRAM, document, environment, newsletter, only_line, set_up

has_browser = pytest.mark.skipif(
    not any(map(shutil.which, BROWSERS)), reason="no Chromium on this machine"
)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with today's draft; its tests only look at it."""
    folder = tmp_path_factory.mktemp("drafted")
    set_up(folder)
    other_readers(folder)
    newsletter(folder, "collect")
    assert newsletter(folder, "draft").returncode == 0
    return folder


def other_readers(folder: Path) -> None:
    """One who wants headlines, one who wants only big news, one who wants plain text."""
    header, ada = newsletter(folder, "subscribers", "export", "-").stdout.splitlines()
    brief = ada.replace("ada@", "brief@").replace(",standard,", ",headlines,")
    big = ada.replace("ada@", "big@").replace(",daily,", ",big,")
    plain = ada.replace("ada@", "plain@").replace(",html,", ",text,")
    (folder / "readers.csv").write_text(f"{header}\n{brief}\n{big}\n{plain}\n")
    done = newsletter(folder, "subscribers", "import", "readers.csv", "--yes")
    assert done.returncode == 0, done.stderr


def written(folder: Path, name: str) -> str:
    [file] = (folder / "var" / "editions").glob(f"*/{name}")
    return file.read_text(encoding="utf-8")


def test_both_parts_are_written_and_named(drafted: Path) -> None:
    done = newsletter(drafted, "preview")
    assert done.returncode == 0, done.stderr
    assert "edition.html" in done.stdout
    assert "edition.txt" in done.stdout
    assert "Lynas" in written(drafted, "edition.html")
    assert "Lynas" in written(drafted, "edition.txt")


def test_nobodys_personal_link_stands_in_a_preview(drafted: Path) -> None:
    newsletter(drafted, "preview")
    newsletter(drafted, "preview", "--as", "ada@example.org")
    for name in ("edition.html", "edition.txt", "reader-1.html", "reader-1.txt"):
        text = written(drafted, name)
        assert "personal.invalid" not in text
        assert "/u/" not in text
        assert "http://127.0.0.1:8000/#change" in text


def test_a_readers_version_has_what_the_reader_chose(drafted: Path) -> None:
    done = newsletter(drafted, "preview", "--as", "brief@example.org")
    assert done.returncode == 0, done.stderr
    assert "headlines" in done.stdout
    assert "brief@" not in done.stdout
    everybodys = newsletter(drafted, "preview", "--json")
    assert "Why it is here" in Path(document(everybodys)["files"]["text"]).read_text()
    assert "Why it is here" not in written(drafted, "reader-2.txt")


def test_a_reader_may_be_named_by_the_number_that_a_preview_told(drafted: Path) -> None:
    assert "for reader 1:" in newsletter(drafted, "preview", "--as", "1").stdout


@pytest.mark.parametrize("word", ["bogus", "999999", "a@b@c"])
def test_what_names_nobody_is_told_in_one_line(drafted: Path, word: str) -> None:
    done = newsletter(drafted, "preview", "--as", word)
    assert done.returncode in (1, 2)
    assert "unexpected fault" not in only_line(done)


def test_an_edition_that_is_fixed_says_so_and_is_not_watched(tmp_path: Path) -> None:
    set_up(tmp_path)
    assert newsletter(tmp_path, "run").returncode == 0
    shown = newsletter(tmp_path, "preview")
    assert "it is sent: no template or setting changes it" in shown.stdout
    watched = newsletter(tmp_path, "preview", "--watch")
    assert watched.returncode == 2
    assert "this edition is fixed" in only_line(watched)


def test_a_reader_of_plain_text_is_told_as_that(drafted: Path) -> None:
    done = newsletter(drafted, "preview", "--as", "plain@example.org")
    assert "plain text alone" in done.stdout


def test_a_reader_who_gets_nothing_is_told_as_that(drafted: Path) -> None:
    done = newsletter(drafted, "preview", "--as", "big@example.org")
    assert done.returncode == 1
    assert "gets nothing" in only_line(done)


def test_a_stranger_is_nobodys_reader(drafted: Path) -> None:
    done = newsletter(drafted, "preview", "--as", "stranger@example.org")
    assert done.returncode == 1
    assert "nobody on the list" in only_line(done)
    assert "stranger@" not in done.stdout + done.stderr


@has_browser
def test_pictures_show_desktop_and_phone_in_light_and_dark(drafted: Path) -> None:
    done = newsletter(drafted, "preview", "--png", "--json")
    assert done.returncode == 0, done.stderr
    pictures = document(done)["pictures"]
    assert list(pictures) == [f"edition-{look.name}" for look in LOOKS]
    corners = {}
    for look in LOOKS:
        with Image.open(pictures[f"edition-{look.name}"]) as picture:
            assert picture.width in (look.width, 2 * look.width)
            assert picture.height > picture.width
            corner = picture.convert("RGB").getpixel((4, picture.height // 2))
            assert isinstance(corner, tuple)
            corners[look.name] = sum(corner)
    for device in ("desktop", "phone"):
        assert corners[f"{device}-light"] > 600
        assert corners[f"{device}-dark"] < 200
        assert corners[f"{device}-forced-dark"] < 200


def test_without_a_browser_pictures_are_refused_with_what_to_do(drafted: Path) -> None:
    done = newsletter(drafted, "preview", "--png", PATH="/nowhere")
    assert done.returncode == 2
    assert "install one" in only_line(done)


def test_a_missing_value_in_an_own_template_is_told_before_anything_is_shown(
    tmp_path: Path,
) -> None:
    set_up(tmp_path, "templates: own\n")
    footer = tmp_path / "own" / "email" / "blocks" / "footer.html"
    footer.parent.mkdir(parents=True)
    footer.write_text("{{ page.nothing_of_the_kind }}")
    newsletter(tmp_path, "collect")
    newsletter(tmp_path, "draft")
    done = newsletter(tmp_path, "preview")
    assert done.returncode != 0
    assert "footer.html, line 1" in only_line(done)


def test_watching_renders_again_when_a_template_changes(tmp_path: Path) -> None:
    set_up(tmp_path, "templates: own\n")
    notice = tmp_path / "own" / "email" / "blocks" / "summary.html"
    notice.parent.mkdir(parents=True)
    notice.write_text("<tr><td>Before the change</td></tr>")
    newsletter(tmp_path, "collect")
    newsletter(tmp_path, "draft")
    watching = subprocess.Popen(
        [*PROGRAM, "preview", "--watch"],
        cwd=tmp_path,
        env={**environment(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stdout is not None
    assert watching.stderr is not None
    try:
        read_until(watching.stdout, "Watching")
        assert "Before the change" in written(tmp_path, "edition.html")
        replace(notice, "<tr><td>{{ nothing_here }}</td></tr>")
        read_until(watching.stderr, "summary.html, line 1")
        replace(notice, "<tr><td>After the change</td></tr>")
        read_until(watching.stdout, "Rendered again: summary.html")
        page = written(tmp_path, "edition.html")
        assert "After the change" in page
        assert 'http-equiv="refresh"' in page
        watching.send_signal(signal.SIGINT)
        assert watching.wait(timeout=30) == 0
    finally:
        watching.kill()
        watching.communicate()


def replace(file: Path, text: str) -> None:
    """As editors save: a new file in the place of the old one."""
    beside = file.with_name(".new")
    beside.write_text(text)
    beside.replace(file)


def read_until(stream: IO[str], words: str) -> None:
    """Wait for a line with these words; the stream ends when the program does."""
    for line in stream:
        if words in line:
            return
    pytest.fail(f"the program ended without saying {words!r}")

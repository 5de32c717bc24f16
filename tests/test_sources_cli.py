"""`newsletter sources` as people use it: real processes, a real newsletter.yaml, real servers."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from newsletter.cli.main import commands, main
from newsletter.cli.sources import sources as group
from newsletter.cli.sources_rows import matched
from newsletter.config import load_config
from newsletter.errors import UsageError
from tests.loopback import LoopbackServer, loopback, redirects, says

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
START = """
from newsletter.cli.main import commands, main
from newsletter.cli.sources import sources
commands.add_command(sources)
main()
"""
PROGRAM = [sys.executable, "-c", START]
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>
<item><title>Terbium &amp;amp; dysprosium up</title><link>https://a.example/1</link>
<pubDate>Mon, 06 Apr 2026 08:00:00 GMT</pubDate></item>
<item><title>Older</title><link>https://a.example/2</link>
<pubDate>Sun, 05 Apr 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
PAGE = """<!doctype html><html><head><title>Ministry</title>{head}</head><body>
<ul class="news"><li><a href="/n/1">Quota raised</a> <time datetime="2026-04-06">6 April</time></li>
<li><a href="/n/2">Licence granted</a></li></ul></body></html>"""


class Answers(dict[str, Any]):
    """404 for every path that nobody gave an answer for."""

    def __missing__(self, path: str) -> Any:
        return says(b"no", 404)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback() as running:
        running.answers = Answers()
        running.answers["/feed.rss"] = says(RSS.format(title="The Wire").encode())
        running.answers["/"] = says(PAGE.format(head=ALTERNATE).encode(), Content_Type="text/html")
        running.answers["/bare"] = says(PAGE.format(head="").encode(), Content_Type="text/html")
        yield running


ALTERNATE = '<link rel="alternate" type="application/rss+xml" href="feed.rss">'


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
        "NEWSLETTER_COLLECT__PROCESSES": "0",
    }


def sources(folder: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*PROGRAM, "sources", *words],
        cwd=folder,
        env=environment(folder),
        input=stdin,
        capture_output=True,
        timeout=90,
        check=False,
    )
    told = subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
    assert "Traceback" not in told.stderr + told.stdout
    return told


def collect(folder: Path) -> None:
    subprocess.run(
        [*PROGRAM, "collect"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        check=False,
        timeout=90,
    )


def document(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with what `newsletter init` writes, allowed to read this machine."""
    done = subprocess.run(
        [*PROGRAM, "init", "--yes"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    file = tmp_path / "newsletter.yaml"
    text = file.read_text()
    assert "allow_hosts: []" in text
    file.write_text(text.replace("allow_hosts: []", "allow_hosts: [127.0.0.1]"))
    return tmp_path


@pytest.fixture
def small(tmp_path: Path, server: LoopbackServer) -> Path:
    """Two sources that this machine serves, one of which is not there."""
    write_small(tmp_path, server)
    return tmp_path


def write_small(folder: Path, server: LoopbackServer, extra: str = "") -> None:
    (folder / "newsletter.yaml").write_text(
        "collect:\n  allow_hosts: [127.0.0.1]\n\nsources:\n  # mine\n"
        f"  - name: Wire\n    url: {server.url('/feed.rss')}\n    topics: [magnets]\n"
        f"  - name: Gone\n    url: {server.url('/gone')}\n    group: China\n{extra}"
    )


def names(folder: Path) -> list[str]:
    return [source.name for source in load_config(folder / "newsletter.yaml").sources]


def test_add_finds_the_feed_of_a_page_shows_it_and_saves_it(
    home: Path, server: LoopbackServer
) -> None:
    before = (home / "newsletter.yaml").read_text()
    done = sources(home, "add", server.url("/"), "--topic", "magnets", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Terbium & dysprosium up" in done.stdout
    assert "2026-04-06" in done.stdout
    saved = load_config(home / "newsletter.yaml").sources[-1]
    assert (saved.name, saved.url) == ("The Wire", server.url("/feed.rss"))
    assert saved.topics == ("magnets",)
    lines = set((home / "newsletter.yaml").read_text().splitlines())
    assert set(before.splitlines()) <= lines


def test_without_a_terminal_nothing_is_saved_and_the_way_on_is_told(
    home: Path, server: LoopbackServer
) -> None:
    before = (home / "newsletter.yaml").read_bytes()
    done = sources(home, "add", server.url("/"))
    assert done.returncode == 2
    assert "The Wire" in done.stdout
    assert "--yes" in done.stderr
    assert (home / "newsletter.yaml").read_bytes() == before


def test_json_says_what_was_found_and_that_it_was_saved(home: Path, server: LoopbackServer) -> None:
    before = (home / "newsletter.yaml").read_bytes()
    asked = sources(home, "add", server.url("/"), "--json")
    assert (asked.returncode, document(asked)["saved"]) == (2, False)
    assert (home / "newsletter.yaml").read_bytes() == before
    done = sources(home, "add", server.url("/"), "--json", "--yes", "--weight", "1.2")
    told = document(done)
    assert (told["saved"], told["found"]["entries"]) == (True, 2)
    assert told["source"] == {"name": "The Wire", "url": server.url("/feed.rss"), "weight": 1.2}


@pytest.mark.parametrize(("answer", "count"), [("y", 3), ("n", 2)])
def test_a_person_at_the_terminal_is_asked(
    small: Path, server: LoopbackServer, answer: str, count: int
) -> None:
    server.answers["/new.rss"] = says(RSS.format(title="New").encode())
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "sources", "add", server.url("/new.rss")],
        cwd=small,
        env=environment(small),
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.write(leader, f"{answer}\n".encode())
    process.communicate(timeout=60)
    os.close(leader)
    os.close(follower)
    assert process.returncode == 0
    assert len(names(small)) == count


def test_a_page_is_shown_as_its_selectors_pick_it(home: Path, server: LoopbackServer) -> None:
    done = sources(
        home, "add", server.url("/bare"), "--item", "ul.news > li", "--name", "Ministry", "--yes"
    )
    assert done.returncode == 0, done.stderr
    assert "Quota raised" in done.stdout
    assert "2026-04-06" in done.stdout
    saved = load_config(home / "newsletter.yaml").sources[-1]
    assert saved.kind == "page"
    assert saved.selectors is not None
    assert saved.selectors.item == "ul.news > li"


def test_a_page_without_a_feed_is_refused_with_the_way_on(
    home: Path, server: LoopbackServer
) -> None:
    before = (home / "newsletter.yaml").read_bytes()
    done = sources(home, "add", server.url("/bare"), "--yes")
    assert done.returncode == 1
    assert "--kind page --item SELECTOR" in done.stderr
    assert (home / "newsletter.yaml").read_bytes() == before


def test_a_known_address_is_refused_by_name_however_it_is_written(
    small: Path, server: LoopbackServer
) -> None:
    for address in (server.url("/feed.rss?utm_source=x"), server.url("/")):
        done = sources(small, "add", address, "--yes")
        assert done.returncode == 2
        assert "'Wire'" in done.stderr


def test_a_title_that_is_taken_gets_a_number(small: Path, server: LoopbackServer) -> None:
    server.answers["/2.rss"] = says(RSS.format(title="wire").encode())
    assert sources(small, "add", server.url("/2.rss"), "--yes").returncode == 0
    assert names(small)[-1] == "wire 2"


def test_a_title_cannot_bring_secrets_or_markup_into_the_file(
    small: Path, server: LoopbackServer
) -> None:
    title = "${HOME}: [red]# &lt;b&gt;x&lt;/b&gt;\n- y"
    server.answers["/2.rss"] = says(RSS.format(title=title).encode())
    done = sources(small, "add", server.url("/2.rss"), "--yes")
    assert done.returncode == 0, done.stderr
    assert names(small)[-1] == "$ {HOME}: [red]# x - y"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("https://user:canary@a.example/feed",), "password"),
        (("ftp://a.example/feed",), "no web address"),
        (("not an address",), "no web address"),
        (("https://a.example", "--kind", "page"), "--item"),
        (("https://a.example", "--item", "ul >> li"), "CSS selector"),
        (("https://a.example", "--language", "English"), "two small letters"),
        (("https://a.example", "--kind", "feed", "--item", "li"), "--kind page"),
        (("https://a.example", "--weight", "7"), "0<=x<=3"),
        (("https://a.example", "--name", "Wire"), "already"),
        (("newsletter.yaml",), "is a file"),
        (("https://a.example", "--name", "wIRE"), "already"),
        (("https://a.example", "--name", "  "), "expected a word"),
        (("-",), "standard input is no source"),
    ],
)
def test_a_source_that_is_put_wrongly_is_refused_before_anything_is_read(
    small: Path,
    words: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = (small / "newsletter.yaml").read_bytes()
    monkeypatch.chdir(small)
    monkeypatch.setenv("NEWSLETTER_CONFIG", "newsletter.yaml")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    commands.add_command(group)
    with pytest.raises(SystemExit) as left:
        main(["sources", "add", *words])
    told = capsys.readouterr()
    assert left.value.code == 2
    assert said in told.err
    assert "canary" not in told.err + told.out
    assert (small / "newsletter.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "Wyre"), "did you mean 'Wire'?"),
        (("remove", "Wire"), "--yes"),
        (("import", "nowhere.opml"), "no such file"),
        (("import", "."), "is a folder"),
        (("test", "/no/such.xml"), "/no/such.xml: there is no such file"),
        (("test", "such.xml"), "such.xml: there is no such file"),
    ],
)
def test_wrong_words_end_with_2_and_change_nothing(
    small: Path, words: tuple[str, ...], said: str
) -> None:
    before = (small / "newsletter.yaml").read_bytes()
    done = sources(small, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert (small / "newsletter.yaml").read_bytes() == before


def test_a_name_is_found_exactly_then_by_case_then_by_its_beginning() -> None:
    listed = ["Wire", "wire", "Oxide Daily", "Oxide Weekly", "Lode"]
    assert matched(listed, "wire") == "wire"
    assert matched(listed, "LODE") == "Lode"
    assert matched(listed, "oxide d") == "Oxide Daily"
    with pytest.raises(UsageError, match="'Oxide Daily' or 'Oxide Weekly'"):
        matched(listed, "oxide")
    with pytest.raises(UsageError, match="did you mean 'Oxide Weekly'"):
        matched(listed, "weekly")
    with pytest.raises(UsageError, match="sources list"):
        matched(listed, "nothing like it at all")


def test_list_says_how_each_source_is_doing(home: Path, server: LoopbackServer) -> None:
    rows = document(sources(home, "list", "--json"))["sources"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["MINING.COM, rare earths"]["state"] == "never read"
    assert by_name["Adamas Intelligence"]["state"] == "paused"
    assert len(rows) == len(names(home))
    table = sources(home, "list", "--group", "china").stdout
    assert "MOFCOM" in table
    assert "MINING.COM" not in table


def test_what_collecting_found_is_listed_and_shown(small: Path) -> None:
    subprocess.run(
        [*PROGRAM, "collect"], cwd=small, env=environment(small), check=True, capture_output=True
    )
    rows = {row["name"]: row for row in document(sources(small, "list", "--json"))["sources"]}
    assert (rows["Wire"]["state"], rows["Wire"]["entries"]) == ("active", 2)
    assert rows["Wire"]["newest_at"] == "2026-04-06T08:00:00+00:00"
    assert rows["Gone"]["state"] == "failing"
    assert "404" in rows["Gone"]["problem"]
    failing = document(sources(small, "list", "--failing", "--json"))["sources"]
    assert [row["name"] for row in failing] == ["Gone"]
    assert [
        row["name"]
        for row in document(sources(small, "list", "--topic", "Magnets", "--json"))["sources"]
    ] == ["Wire"]
    shown = sources(small, "show", "gone")
    assert "404" in shown.stdout
    assert "China" in shown.stdout


def test_list_show_test_and_probe_change_nothing_in_the_file(small: Path) -> None:
    before = (small / "newsletter.yaml").read_bytes()
    for words in (("list",), ("show", "Wire"), ("test", "Wire"), ("probe",), ("export",)):
        sources(small, *words)
    assert (small / "newsletter.yaml").read_bytes() == before
    assert document(sources(small, "show", "Wire", "--json"))["state"] == "never read"


def test_an_address_from_the_environment_is_shown_as_the_file_says_it(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text(
        "sources:\n  - name: A\n    url: https://a.example/f?key=${HOME}\n"
        "  - name: B\n    url: https://user:canary@b.example/f\n"
    )
    for words in (("list", "--json"), ("show", "A"), ("show", "B"), ("export",)):
        done = sources(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        assert str(tmp_path) not in done.stdout + done.stderr
        assert "canary" not in done.stdout + done.stderr


def test_pause_and_resume_change_one_line(small: Path) -> None:
    file = small / "newsletter.yaml"
    before = file.read_text()
    assert sources(small, "pause", "wire").returncode == 0
    assert file.read_text() == before.replace(
        "    topics: [magnets]\n", "    topics: [magnets]\n    enabled: false\n"
    )
    assert document(sources(small, "show", "Wire", "--json"))["state"] == "paused"
    assert sources(small, "resume", "wire").returncode == 0
    assert load_config(file).sources[0].enabled


def test_resume_revives_a_retired_source(small: Path, server: LoopbackServer) -> None:
    server.answers["/gone"] = says(b"", 410)
    subprocess.run(
        [*PROGRAM, "collect"], cwd=small, env=environment(small), capture_output=True, check=False
    )
    assert document(sources(small, "show", "Gone", "--json"))["state"] == "retired"
    assert sources(small, "resume", "Gone").returncode == 0
    row = document(sources(small, "show", "Gone", "--json"))
    assert (row["state"], row["failures"], row["waiting"]) == ("active", 0, "")


def test_remove_takes_the_lines_and_nothing_else(small: Path) -> None:
    file = small / "newsletter.yaml"
    before = file.read_text()
    assert sources(small, "remove", "Gone", "--yes").returncode == 0
    assert file.read_text() == before[: before.index("  - name: Gone")]


def test_test_shows_titles_or_the_reason(small: Path, server: LoopbackServer) -> None:
    good = sources(small, "test", "Wire")
    assert (good.returncode, "Terbium & dysprosium up" in good.stdout) == (0, True)
    bad = sources(small, "test", "Gone")
    assert bad.returncode == 1
    assert "newsletter: Gone: " in bad.stderr
    assert "404" in bad.stderr
    page = sources(small, "test", server.url("/"))
    assert page.returncode == 1
    assert server.url("/feed.rss") in page.stderr
    (small / "f.xml").write_text(RSS.format(title="File"))
    assert document(sources(small, "test", "f.xml", "--json"))["title"] == "File"
    piped = sources(small, "test", "-", stdin=RSS.format(title="Pipe").encode())
    assert "Older" in piped.stdout


def test_probe_tells_of_all_and_fails_if_one_does(small: Path, server: LoopbackServer) -> None:
    done = sources(small, "probe")
    assert done.returncode == 1
    assert "1 of 2 sources answered" in done.stdout
    server.answers["/gone"] = says(RSS.format(title="Back").encode())
    again = sources(small, "probe", "--json")
    assert again.returncode == 0
    assert {one["name"]: one["entries"] for one in document(again)["sources"]} == {
        "Gone": 2,
        "Wire": 2,
    }


OPML = """<opml version="2.0"><body>
<outline text="Press"><outline text="Mining">
  <outline text="Oxide: daily #1" xmlUrl="https://oxide.example/feed" category="/magnets"/>
</outline></outline>
<outline text="Wire" xmlUrl="https://other.example/feed"/>
<outline text="Known" xmlUrl="{known}"/>
<outline text="Twice" xmlUrl="https://oxide.example/feed/"/>
<outline xmlUrl="https://nameless.example/feed"/>
<outline text="Local" xmlUrl="file:///etc/passwd"/>
<outline text="Secret" xmlUrl="https://user:canary@s.example/feed"/>
</body></opml>"""


def test_import_adds_what_is_new_and_says_why_the_rest_is_not(
    small: Path, server: LoopbackServer
) -> None:
    file = small / "newsletter.yaml"
    before = file.read_text()
    (small / "f.opml").write_text(OPML.format(known=server.url("/feed.rss")))
    rehearsed = sources(small, "import", "f.opml", "--dry-run", "--json")
    assert (rehearsed.returncode, file.read_text()) == (0, before)
    done = sources(small, "import", "f.opml")
    assert done.returncode == 0, done.stderr
    assert "3 added, 4 skipped" in done.stdout
    assert "canary" not in done.stdout + rehearsed.stdout
    first, second, third = load_config(file).sources[-3:]
    assert (first.name, first.group, first.topics) == (
        "Oxide: daily #1",
        "Press",
        ("Mining", "magnets"),
    )
    assert second.name == "Wire 2"
    assert third.name == "nameless.example"
    assert file.read_text().startswith(before)
    reasons = {one["name"] or one["url"]: one["reason"] for one in document(rehearsed)["skipped"]}
    assert "'Wire'" in reasons["Known"]
    assert "'Oxide: daily #1'" in reasons["Twice"]
    assert "password" in reasons["Secret"]
    assert "http" in reasons["Local"]


def what_a_list_carries(folder: Path) -> set[tuple[object, ...]]:
    listed = load_config(folder / "newsletter.yaml").sources
    return {(one.name, one.url, one.group, one.topics) for one in listed}


def test_an_exported_list_is_imported_as_it_was(home: Path, tmp_path_factory: Any) -> None:
    assert sources(home, "export", "mine.opml").returncode == 0
    tree = etree.parse(home / "mine.opml").getroot()
    assert (tree.tag, tree.get("version")) == ("opml", "2.0")
    other = tmp_path_factory.mktemp("other")
    (other / "newsletter.yaml").write_text("state: var\n")
    done = sources(other, "import", "-", stdin=(home / "mine.opml").read_bytes())
    assert done.returncode == 0, done.stderr
    theirs = {
        (s.name, s.url, s.group, s.topics) for s in load_config(other / "newsletter.yaml").sources
    }
    ours = {
        (s.name, s.url, s.group, s.topics) for s in load_config(home / "newsletter.yaml").sources
    }
    assert theirs == ours
    again = sources(home, "import", "mine.opml")
    assert "0 added" in again.stdout


def test_a_hostile_list_is_refused_in_one_line(small: Path) -> None:
    (small / "bomb.opml").write_text("<!DOCTYPE o [<!ENTITY a 'b'>]><opml><body/></opml>")
    done = sources(small, "import", "bomb.opml")
    assert done.returncode == 1
    assert "bomb.opml: declares entities" in done.stderr


def test_a_flow_list_is_left_alone_with_words_for_the_hand(
    tmp_path: Path, server: LoopbackServer
) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text(
        "collect: {allow_hosts: [127.0.0.1]}\nsources: [{name: A, url: 'https://a.example'}]\n"
    )
    before = file.read_bytes()
    done = sources(tmp_path, "add", server.url("/"), "--yes")
    assert done.returncode == 2
    assert "by hand" in done.stderr
    assert "  - name: The Wire" in done.stderr
    assert file.read_bytes() == before


def row_of(folder: Path, name: str) -> list[str]:
    """What `show` says of a source, a line each, spaces made one."""
    shown = sources(folder, "show", name).stdout
    return [" ".join(line.split()) for line in shown.splitlines()]


def test_show_tells_every_setting_also_what_is_false_or_nothing(
    tmp_path: Path, server: LoopbackServer
) -> None:
    write_small(
        tmp_path,
        server,
        "    quotable: false\n    articles: false\n    enabled: false\n    weight: 0\n"
        "    every: 6h\n    allow: ['a, b', c]\n",
    )
    lines = row_of(tmp_path, "Gone")
    for said in ("quotable false", "articles false", "enabled false", "paywall false", "every 6h"):
        assert said in lines
    assert "weight 0.0" in lines
    assert "language -" in lines
    assert lines[lines.index("allow a, b") + 1] == "c"
    assert document(sources(tmp_path, "show", "Gone", "--json"))["every"] == "6h"


def test_show_says_when_a_lasting_failure_was_told(small: Path) -> None:
    file = small / "newsletter.yaml"
    file.write_text(file.read_text().replace("collect:\n", "collect:\n  tell_after_days: 1\n"))
    collect(small)
    assert any(line.startswith("told on 20") for line in row_of(small, "Gone"))


PATTERNS = "    allow: [terbium]\n    deny: [nothing]\n"


@pytest.fixture
def filtered(tmp_path: Path, server: LoopbackServer) -> Path:
    write_small(
        tmp_path,
        server,
        f"  - name: Some\n    url: {server.url('/feed.rss')}?some\n{PATTERNS}"
        f"  - name: None\n    url: {server.url('/feed.rss')}?none\n    deny: ['.']\n",
    )
    return tmp_path


def test_test_says_how_many_entries_the_patterns_leave_out(filtered: Path) -> None:
    done = sources(filtered, "test", "Some")
    assert "2 entries, 1 left out by allow and deny" in done.stdout
    assert "Terbium & dysprosium up" in done.stdout
    assert "Older" not in done.stdout
    assert "left out" not in done.stderr
    assert document(sources(filtered, "test", "Some", "--json"))["left_out"] == 1


def test_test_warns_when_the_patterns_leave_everything_out(filtered: Path) -> None:
    done = sources(filtered, "test", "None")
    assert done.returncode == 0
    assert "2 entries, 2 left out by allow and deny" in done.stdout
    assert "all of it is left out" in done.stderr


def test_one_entry_is_told_in_the_singular(small: Path, server: LoopbackServer) -> None:
    one = RSS.format(title="One")
    (small / "one.xml").write_text(one[: one.rindex("<item>")] + "</channel></rss>")
    assert sources(small, "test", "one.xml").stdout.startswith("1 entry, the latest:")


CLOSED = b"User-agent: *\nDisallow: /bare\n"


def test_a_page_that_programs_are_asked_not_to_read_is_not_added(
    small: Path, server: LoopbackServer
) -> None:
    server.answers["/robots.txt"] = says(CLOSED, Content_Type="text/plain")
    done = sources(small, "add", server.url("/bare"), "--item", "li", "--yes")
    assert done.returncode == 75
    assert "/bare: its robots.txt asks programs not to read it" in done.stderr
    assert "/bare" not in [path for path, _ in server.requests]


def test_a_page_that_programs_are_asked_not_to_read_is_not_tried_out(
    tmp_path: Path, server: LoopbackServer
) -> None:
    server.answers["/robots.txt"] = says(CLOSED, Content_Type="text/plain")
    page = f"  - name: Page\n    url: {server.url('/bare')}\n    kind: page\n"
    write_small(tmp_path, server, page + "    selectors: {item: li}\n")
    done = sources(tmp_path, "test", "Page")
    assert done.returncode == 75
    assert "Page: its robots.txt asks programs not to read it" in done.stderr
    assert "/bare" not in [path for path, _ in server.requests]


LISTED = "[{name: A, url: 'https://a.example/f?key=canary'}, {name: B, url: 'https://b.example/f'}]"


@pytest.mark.parametrize("count", [0, 2])
def test_an_address_with_a_query_from_the_environment_is_not_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    listed = [f"  - {{name: F{n}, url: 'https://f{n}.example/'}}\n" for n in range(count)]
    (tmp_path / "newsletter.yaml").write_text("".join(["state: var\nsources:\n", *listed]))
    monkeypatch.setattr(
        "tests.test_sources_cli.environment",
        lambda home, plain=environment: plain(home) | {"NEWSLETTER_SOURCES": LISTED},
    )
    done = sources(tmp_path, "export")
    assert "https://b.example/f" in done.stdout
    assert "left out: A: has a query from the environment" in done.stderr
    for words in (("list", "--json"), ("show", "A")):
        done = sources(tmp_path, *words)
        assert done.returncode == 0
        assert "canary" not in done.stdout


def test_a_list_without_anything_under_it_can_be_looked_at_and_added_to(
    tmp_path: Path, server: LoopbackServer
) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text("collect:\n  allow_hosts: [127.0.0.1]\nsources:\n")
    done = sources(tmp_path, "list")
    assert done.returncode == 0
    assert "`newsletter sources add URL` adds one" in done.stdout
    assert sources(tmp_path, "add", server.url("/feed.rss"), "--yes").returncode == 0
    assert names(tmp_path) == ["The Wire"]


def test_without_a_failing_source_the_list_of_them_says_so(small: Path) -> None:
    assert sources(small, "list", "--failing").stdout == "No source is failing.\n"
    assert sources(small, "list", "--topic", "x").stdout == "No source of that kind.\n"


def test_the_list_is_readable_in_80_columns(
    small: Path, monkeypatch: pytest.MonkeyPatch, server: LoopbackServer
) -> None:
    collect(small)
    monkeypatch.setattr(
        "tests.test_sources_cli.environment",
        lambda home, plain=environment: plain(home) | {"COLUMNS": "80"},
    )
    lines = sources(small, "list").stdout.splitlines()
    table = [line for line in lines if line[:1] in "│┃"]
    assert [word.strip() for word in table[0].strip("┃").split("┃")] == [
        "Name",
        "State",
        "Entries",
        "Newest",
    ]
    assert any("6 Apr" in line for line in table)
    (problem,) = [line for line in lines if line.startswith("Gone: ")]
    assert "404" in problem


def test_the_list_says_where_a_source_has_moved(small: Path, server: LoopbackServer) -> None:
    server.answers["/gone"] = redirects("/feed.rss", 301)
    for _ in range(3):
        collect(small)
    address = server.url("/feed.rss")
    assert f"Gone is read at {address} now: change its `url`" in sources(small, "list").stdout


def test_a_scheme_that_was_put_in_front_is_told_when_it_fails(
    small: Path, server: LoopbackServer
) -> None:
    done = sources(small, "add", f"127.0.0.1:{server.server_port}", "--yes")
    assert done.returncode == 75
    assert "https:// was put in front; write http://" in done.stderr
    named = sources(small, "add", "https://127.0.0.1:9/", "--yes")
    assert "put in front" not in named.stderr


def test_a_list_that_breaks_off_adds_nothing(small: Path) -> None:
    before = (small / "newsletter.yaml").read_bytes()
    (small / "f.opml").write_text(OPML.format(known="https://k.example")[:-20])
    done = sources(small, "import", "f.opml")
    assert done.returncode == 1
    assert "f.opml: breaks off before its end" in done.stderr
    assert (small / "newsletter.yaml").read_bytes() == before


@pytest.mark.parametrize("words", [("test", "Page"), ("add", "{url}", "--item", "li", "--yes")])
def test_a_page_that_leads_to_a_closed_host_is_refused(
    tmp_path: Path, server: LoopbackServer, words: tuple[str, ...]
) -> None:
    with loopback() as other:
        other.answers = Answers()
        other.answers["/robots.txt"] = says(CLOSED, Content_Type="text/plain")
        other.answers["/bare"] = server.answers["/bare"]
        server.answers["/away"] = redirects(other.url("/bare"))
        page = f"  - name: Page\n    url: {server.url('/away')}\n    kind: page\n"
        write_small(tmp_path, server, page + "    selectors: {item: li}\n")
        if "add" in words:
            write_small(tmp_path, server)
        done = sources(tmp_path, *(word.format(url=server.url("/away")) for word in words))
    assert done.returncode == 75
    assert "its robots.txt asks programs not to read it" in done.stderr


def test_where_a_source_with_a_secret_has_moved_is_told_without_the_secret(
    tmp_path: Path, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/a"] = redirects("/feed.rss?key=canary", 301)
    listed = f"[{{name: A, url: '{server.url('/a')}?key=canary'}}]"
    (tmp_path / "newsletter.yaml").write_text("collect:\n  allow_hosts: [127.0.0.1]\n")
    monkeypatch.setattr(
        "tests.test_sources_cli.environment",
        lambda home, plain=environment: plain(home) | {"NEWSLETTER_SOURCES": listed},
    )
    for _ in range(3):
        collect(tmp_path)
    told = sources(tmp_path, "list").stdout
    assert f"A is read at {server.url('/feed.rss')} now" in told
    assert "canary" not in told

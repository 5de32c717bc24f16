"""`newsletter collect` as people use it: real processes, real feeds, what stands on the screen."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from newsletter.kinds.table import parse
from tests.collecting import item, rss
from tests.loopback import hangs, loopback, says
from tests.test_cli import PROGRAM, environment, newsletter, only_line


def configured(folder: Path, *sources: tuple[str, str], extra: str = "") -> None:
    lines = ["collect:", "  allow_hosts: [127.0.0.1]", "  total_timeout: 1", extra, "sources:"]
    lines += [f"  - {{name: '{name}', url: '{url}'}}" for name, url in sources]
    (folder / "newsletter.yaml").write_text("\n".join(lines))


def written(folder: Path, body: bytes, name: str = "feed.xml") -> str:
    (folder / name).write_bytes(body)
    return name


def printed(folder: Path, *words: str, **extra: str) -> dict[str, Any]:
    done = newsletter(folder, *words, **extra)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


RICH = item(
    1,
    author="Ada Lovelace",
    description="&lt;p&gt;Chinaโ€™s licences.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;",
)


def test_entries_are_printed_as_a_json_feed_without_any_configuration(tmp_path: Path) -> None:
    found = printed(tmp_path, "collect", "--source", written(tmp_path, rss(RICH)), "--json")
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    (entry,) = found["items"]
    assert entry["id"] == "guid-1"
    assert entry["url"] == "https://outlet.example/1"
    assert entry["title"] == "Rare earth story 1"
    assert entry["summary"] == entry["content_text"] == "China’s licences."
    assert entry["date_published"] == "2026-04-07T06:00:00+00:00"
    assert entry["language"] == "en"
    assert entry["authors"] == [{"name": "Ada Lovelace"}]
    assert entry["_source"]["title"] == "Outlet"
    assert entry["_source"]["url"] == "feed.xml"


def test_the_json_feed_reads_back_as_the_same_entries(tmp_path: Path) -> None:
    file = written(tmp_path, rss(RICH, item(2), item(3)))
    first = printed(tmp_path, "collect", "--source", file, "--json")
    copy = written(tmp_path, json.dumps(first).encode(), "copy.json")
    again = printed(tmp_path, "collect", "--source", copy, "--json")
    kept = ("id", "url", "title", "summary", "content_text", "date_published", "language")
    assert [[entry.get(name) for name in kept] for entry in again["items"]] == [
        [entry.get(name) for name in kept] for entry in first["items"]
    ]


def test_what_was_collected_before_is_printed_again(tmp_path: Path) -> None:
    file = written(tmp_path, rss(item(1)))
    for _ in range(2):
        found = printed(tmp_path, "collect", "--source", file, "--json")
        assert [entry["title"] for entry in found["items"]] == ["Rare earth story 1"]


def test_sources_are_printed_in_their_order_and_a_failing_one_is_named(tmp_path: Path) -> None:
    names = [written(tmp_path, rss(item(n)), f"{n}.xml") for n in (3, 1, 2)]
    bad = written(tmp_path, b"no feed", "bad.xml")
    words = [word for name in (*names, bad) for word in ("--source", name)]
    found = printed(tmp_path, "collect", *words, "--json")
    assert [entry["id"] for entry in found["items"]] == ["guid-3", "guid-1", "guid-2"]
    (failure,) = found["_failures"]
    assert failure["source"].endswith("bad.xml")
    assert failure["problem"] == "is not a feed"


def test_one_id_in_two_feeds_stands_once(tmp_path: Path) -> None:
    one = written(tmp_path, rss(item(1, guid="same")), "1.xml")
    two = written(tmp_path, rss(item(2, guid="same")), "2.xml")
    found = printed(tmp_path, "collect", "--source", one, "--source", two, "--json")
    ids = [entry["id"] for entry in found["items"]]
    assert len(set(ids)) == 2


def test_a_feed_may_come_from_standard_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "collect", "--source", "-", "--json"],
        input=rss(item(1)),
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["items"][0]["title"] == "Rare earth story 1"


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    done = newsletter(tmp_path, "collect", "--source", "no.xml", "--json")
    assert done.returncode == 2
    assert "no.xml: there is no such file" in json.loads(done.stdout)["error"]


def test_a_private_address_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers["/a"] = says(rss(item(1)))
        words = ("collect", "--source", server.url("/a"), "--json")
        refused = newsletter(tmp_path, *words)
        assert refused.returncode == 1
        assert "private address (127.0.0.1)" in json.loads(refused.stdout)["error"]
        assert server.requests == []
        allowed = printed(tmp_path, *words, NEWSLETTER_COLLECT__ALLOW_HOSTS="[127.0.0.1]")
        assert len(allowed["items"]) == 1


def test_each_failing_source_gets_one_line_with_its_reason(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers |= {"/good": says(rss(item(1))), "/500": says(b"", 500), "/slow": hangs}
        configured(tmp_path, *((name, server.url(f"/{name}")) for name in ("good", "500", "slow")))
        done = newsletter(tmp_path, "collect")
    assert done.returncode == 0
    assert "2 of 3 sources failed" in done.stdout
    lines = done.stdout.splitlines()
    assert len([line for line in lines if "answered 500 Internal Server Error" in line]) == 1
    assert len([line for line in lines if "gave no answer within 1 s" in line]) == 1


def test_a_source_that_is_not_due_is_counted_and_no_failure(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers["/a"] = says(rss(item(1)), Cache_Control="max-age=3600")
        configured(tmp_path, ("a", server.url("/a")))
        newsletter(tmp_path, "collect")
        done = newsletter(tmp_path, "collect")
    assert done.returncode == 0
    assert "1 source was not due." in done.stdout


def test_a_lasting_failure_is_told_with_what_to_do_and_then_only_counted(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers |= {"/good": says(rss(item(1))), "/gone": says(b"", 410)}
        configured(tmp_path, ("good", server.url("/good")), ("gone", server.url("/gone")))
        first = newsletter(tmp_path, "collect")
        second = newsletter(tmp_path, "collect")
    assert "newsletter sources pause" in first.stdout
    assert "answered 410" in first.stdout
    assert "1 source still fails, as told before" in second.stdout
    assert "410" not in second.stdout


def test_when_all_fail_the_command_fails_for_the_time_being(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers["/a"] = says(b"", 503)
        configured(tmp_path, ("a", server.url("/a")))
        done = newsletter(tmp_path, "collect")
    assert done.returncode == 75
    assert "answered 503" in only_line(done)


@pytest.mark.parametrize("kind", ["auto", "feed"])
def test_worker_processes_and_none_read_the_same(tmp_path: Path, kind: str) -> None:
    file = written(tmp_path, rss(RICH, item(2)))
    there = printed(tmp_path, "collect", "--source", file, "--json")
    here = printed(
        tmp_path, "collect", "--source", file, "--json", NEWSLETTER_COLLECT__PROCESSES="0"
    )
    assert there == here
    assert len(parse(rss(RICH), content_type="", url="", kind=kind).entries) == 1


def test_a_failure_is_told_when_it_is_met_and_not_again_while_the_source_waits(
    tmp_path: Path,
) -> None:
    with loopback() as server:
        server.answers |= {"/good": says(rss(item(1))), "/500": says(b"", 500)}
        configured(tmp_path, ("good", server.url("/good")), ("bad", server.url("/500")))
        told = [newsletter(tmp_path, "collect").stdout for _ in range(3)]
    assert ["answered 500" in words for words in told] == [True, True, False]
    assert "1 source still fails" in told[2]


def test_what_is_printed_without_a_configuration_leaves_nothing_behind(tmp_path: Path) -> None:
    printed(tmp_path, "collect", "--source", written(tmp_path, rss(item(1))), "--json")
    assert [path.name for path in tmp_path.iterdir() if path.name != ".cache"] == ["feed.xml"]


def test_a_password_in_an_address_is_not_printed(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers["/a"] = says(rss(item(1)))
        url = server.url("/a").replace("http://", "http://ada:secret@")
        found = printed(
            tmp_path,
            "collect",
            "--source",
            url,
            "--json",
            NEWSLETTER_COLLECT__ALLOW_HOSTS="[127.0.0.1]",
        )
    assert "secret" not in json.dumps(found)


def test_articles_that_could_not_be_read_are_counted_by_host(tmp_path: Path) -> None:
    with loopback() as server:
        story = item(1, title="Rare earth magnets", link=server.url("/story"))
        server.answers |= {"/a": says(rss(story)), "/robots.txt": says(b"", 404)}
        server.answers["/story"] = says(b"", 404)
        configured(tmp_path, ("a", server.url("/a")))
        done = newsletter(tmp_path, "collect")
    assert "1 article of 127.0.0.1" in done.stdout
    assert "answered 404" in done.stdout


def test_ctrl_c_is_one_json_document_too(tmp_path: Path) -> None:
    with loopback() as server:
        server.answers["/a"] = hangs
        configured(tmp_path, ("a", server.url("/a")), extra="  connect_timeout: 20")
        (tmp_path / "newsletter.yaml").write_text(
            (tmp_path / "newsletter.yaml")
            .read_text()
            .replace("total_timeout: 1", "total_timeout: 60")
        )
        process = subprocess.Popen(
            [*PROGRAM, "collect", "--json"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not server.requests:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(out)["exit_code"] == 130

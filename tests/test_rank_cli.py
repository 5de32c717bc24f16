"""`newsletter rank`: the contract of the command, over real files."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.cli.main import main

NOW = "2026-04-07T12:00:00Z"
LICENCES = "China adds dysprosium to rare earth export licence list"
OFFTAKE = "Lynas signs $300 million offtake for heavy rare earths with Japan"
BAKERY = "Village bakery wins prize for its sourdough"

RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Example Wire</title>
<item><guid>r1</guid><title>{LICENCES}</title><link>https://wire.example/1</link>
<pubDate>Tue, 07 Apr 2026 08:00:00 GMT</pubDate></item>
<item><guid>r2</guid><title>{BAKERY}</title><link>https://wire.example/2</link></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atom Times</title>
<entry><id>tag:a1</id><title>{OFFTAKE}</title><link href="https://atom.example/1"/>
<updated>2026-04-07T07:00:00Z</updated></entry></feed>"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def stories(self) -> list[dict[str, Any]]:
        return [*self.document["stories"], *self.document["also"]]

    @property
    def ids(self) -> list[str]:
        """Every id in the answer, as often as it stands there."""
        told = [one for story in self.stories for one in story["entries"]]
        return sorted([*told, *(one["id"] for one in self.document["rejected"])])


def rank(*words: str | Path, now: str = NOW) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main(["rank", *map(str, words), "--now", now, "--json"])
    return Answer(int(left.value.code or 0), out.getvalue(), err.getvalue())


def item(item_id: str, title: str, hour: int = 8, **more: object) -> dict[str, object]:
    return {
        "id": item_id,
        "url": f"https://{item_id}.example/news",
        "title": title,
        "date_published": f"2026-04-07T{hour:02}:00:00Z",
        "_source": {"title": f"Outlet {item_id}"},
        **more,
    }


def feed(folder: Path, *items: dict[str, object], name: str = "feed.json") -> Path:
    file = folder / name
    version = "https://jsonfeed.org/version/1.1"
    file.write_text(json.dumps({"version": version, "title": "Test", "items": items}))
    return file


@pytest.fixture
def three(tmp_path: Path) -> Path:
    items = (item("a", LICENCES), item("b", OFFTAKE), item("c", BAKERY))
    return feed(tmp_path, *items)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine's own is found."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("NEWSLETTER_CONFIG", raising=False)


class TestTheAnswer:
    def test_every_id_stands_in_one_story_or_among_the_rejected(self, three: Path) -> None:
        answer = rank(three)

        assert (answer.code, answer.ids) == (0, ["a", "b", "c"])
        assert [one["id"] for one in answer.document["rejected"]] == ["c"]

    def test_it_has_the_stated_form(self, three: Path) -> None:
        document = rank(three, "--top", "1").document

        assert document.keys() >= {"now", "stories", "also", "rejected"}
        assert document["now"] == NOW
        [story], [rejected] = document["stories"], document["rejected"]
        kinds = {
            "rank": int,
            "score": float,
            "title": str,
            "url": str,
            "section": str,
            "entries": list,
            "outlets": int,
            "reasons": list,
            "parts": dict,
            "highlights": list,
        }
        assert {key: type(story[key]) for key in kinds} == kinds
        assert document["also"][0].keys() >= kinds.keys()
        assert rejected.keys() >= {"id", "relevance", "reason"}
        assert rejected["reason"]

    def test_stories_and_also_are_one_order(self, three: Path) -> None:
        stories = rank(three, "--top", "1").stories

        assert [story["rank"] for story in stories] == [1, 2]
        assert stories[0]["score"] >= stories[1]["score"]

    def test_top_zero_leaves_all_stories_under_also(self, three: Path) -> None:
        document = rank(three, "--top", "0").document

        assert document["stories"] == []
        assert [len(document["also"]), len(document["rejected"])] == [2, 1]

    def test_the_order_of_the_feeds_plays_no_part(self, tmp_path: Path) -> None:
        one = feed(tmp_path, item("a", LICENCES), name="1.json")
        other = feed(tmp_path, item("b", OFFTAKE), item("c", BAKERY), name="2.json")

        assert rank(one, other).document == rank(other, one).document

    @pytest.mark.parametrize(
        "more",
        [
            {"content_text": "Lynas will deliver 900 tonnes of terbium to Japan from 2027 on."},
            {"_source": {"title": "Zinc Times"}},
            {"summary": "Lynas will deliver terbium."},
            {"date_published": "2026-04-06T08:00:00Z"},
        ],
    )
    def test_the_order_of_the_feeds_plays_no_part_where_they_share_an_item(
        self, tmp_path: Path, more: dict[str, object]
    ) -> None:
        one = feed(tmp_path, item("b", OFFTAKE), name="1.json")
        other = feed(tmp_path, {**item("b", OFFTAKE), **more}, name="2.json")

        assert rank(one, other).document == rank(other, one).document

    def test_the_fullest_copy_of_an_item_is_taken(self, tmp_path: Path) -> None:
        text = "Lynas will deliver 900 tonnes of terbium to Japan from 2027 on."
        full = item("b", OFFTAKE, content_text=text, _source={"title": "Zinc Times"})
        one = feed(tmp_path, item("b", OFFTAKE), name="1.json")
        [story] = rank(one, feed(tmp_path, full, name="2.json")).stories

        assert story["highlights"] == [text]

    def test_the_order_of_the_feeds_plays_no_part_where_two_items_have_one_id(
        self, tmp_path: Path
    ) -> None:
        one = feed(tmp_path, item("a", LICENCES), name="1.json")
        other = feed(tmp_path, item("a", OFFTAKE), item("a#2", BAKERY), name="2.json")
        answer = rank(one, other)

        assert answer.document == rank(other, one).document
        assert [one["id"] for one in answer.document["rejected"]] == ["a#2"]

    def test_with_all_nothing_is_rejected(self, three: Path) -> None:
        answer = rank(three, "--all")

        assert answer.ids == ["a", "b", "c"]
        assert answer.document["rejected"] == []

    def test_with_all_titles_of_one_topic_are_one_story(self, tmp_path: Path) -> None:
        words = "lifeboat storm rescue harbour crew"
        items = [item(f"s{n}", f"{words} {n}{n}x") for n in range(6)]
        stories = rank(feed(tmp_path, *items, item("t", BAKERY)), "--all").stories

        assert sorted(len(story["entries"]) for story in stories) == [1, 6]

    def test_nothing_is_left_behind(self, three: Path, tmp_path: Path) -> None:
        rank(three)

        assert list((tmp_path / "work").iterdir()) == []


class TestAge:
    def test_age_alone_rejects_nothing(self, tmp_path: Path) -> None:
        old = item("old", LICENCES, date_published="2019-04-07T08:00:00Z")

        assert rank(feed(tmp_path, old)).document["rejected"] == []

    def test_older_entries_are_rejected_where_an_age_is_given(self, tmp_path: Path) -> None:
        items = (item("old", LICENCES, date_published="2026-04-04T08:00:00Z"), item("new", OFFTAKE))
        answer = rank(feed(tmp_path, *items), "--max-age", "24")

        assert answer.ids == ["new", "old"]
        assert answer.document["rejected"][0]["reason"] == "3 days old, more than asked for"

    def test_a_vast_age_rejects_nothing(self, three: Path) -> None:
        assert rank(three, "--max-age", "1e300").ids == rank(three).ids

    @pytest.mark.parametrize("age", ["inf", "nan", "-5", "0", "soon"])
    def test_what_is_no_age_is_refused(self, three: Path, age: str) -> None:
        assert rank(three, "--max-age", age).code == 2


def test_without_settings_the_usual_ones_hold(three: Path, tmp_path: Path) -> None:
    empty = tmp_path / "newsletter.yaml"
    empty.write_text("{}\n")

    assert rank(three, "--config", empty).document == rank(three).document


class TestHistory:
    @pytest.mark.parametrize("is_folder", [False, True])
    def test_a_story_told_before_counts_as_less_new(
        self, three: Path, tmp_path: Path, is_folder: bool
    ) -> None:
        place = tmp_path / "editions"
        place.mkdir()
        file = place / "2026-04-06.json"
        file.write_text(rank(three, now="2026-04-07T09:00:00Z").out)

        before = {story["title"]: story for story in rank(three).stories}
        after = rank(three, "--history", place if is_folder else file).stories

        assert {story["title"] for story in after} == before.keys()
        for story in after:
            fresh = before[story["title"]]["parts"]["novelty"]
            assert story["parts"]["novelty"] < fresh

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"now": 3}',
            '{"now": "2026-04-06", "stories": 7}',
            '{"now": "0001-01-01T00:00:00+14:00", "stories": []}',
            '{"now": "9999-12-31T23:59:59-05:00", "stories": []}',
        ],
    )
    def test_what_is_no_edition_is_refused(self, three: Path, tmp_path: Path, text: str) -> None:
        file = tmp_path / "edition.json"
        file.write_text(text)

        assert_refused(rank(three, "--history", file), 2, "edition.json: is no edition")

    def test_an_edition_made_after_now_told_nothing(self, three: Path, tmp_path: Path) -> None:
        file = tmp_path / "edition.json"
        file.write_text(rank(three, now="2026-04-07T12:00:01Z").out)

        assert rank(three, "--history", file).document == rank(three).document

    def test_an_edition_of_a_day_told_its_stories_on_later_days(
        self, three: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / "edition.json"
        told = rank(three).document | {"now": "2026-04-07"}
        file.write_text(json.dumps(told))

        def novelty(now: str) -> float:
            return float(rank(three, "--history", file, now=now).stories[0]["parts"]["novelty"])

        assert novelty("2026-04-07T23:00:00Z") == 1
        assert novelty("2026-04-08T00:00:00Z") < 1

    def test_a_history_that_is_not_there_is_refused(self, three: Path) -> None:
        assert_refused(rank(three, "--history", "nowhere"), 2, "there is no such file or folder")


class TestFeeds:
    def test_rss_and_atom_are_read(self, tmp_path: Path) -> None:
        rss, atom = tmp_path / "a.rss", tmp_path / "b.atom"
        rss.write_text(RSS)
        atom.write_text(ATOM)

        assert rank(rss, atom).ids == ["r1", "r2", "tag:a1"]

    def test_a_dash_is_standard_input(self, three: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "newsletter", "rank", "-", "--now", NOW, "--json"],
            input=three.read_bytes(),
            capture_output=True,
            check=True,
        )

        assert json.loads(done.stdout) == rank(three).document
        assert done.stderr == b""

    def test_an_item_in_two_feeds_is_one_entry(self, three: Path, tmp_path: Path) -> None:
        again = feed(tmp_path, item("a", LICENCES), name="again.json")

        assert rank(three, again).ids == ["a", "b", "c"]

    def test_two_items_with_one_id_are_told_apart(self, tmp_path: Path) -> None:
        items = (item("a", LICENCES), item("a#2", OFFTAKE), item("a", BAKERY))

        assert rank(feed(tmp_path, *items)).ids == ["a", "a#2", "a#3"]

    def test_an_item_without_an_id_is_known_by_its_link(self, tmp_path: Path) -> None:
        nameless = item("a", LICENCES)
        del nameless["id"]

        assert rank(feed(tmp_path, nameless)).ids == ["https://a.example/news"]

    def test_a_feed_without_items_is_an_empty_answer(self, tmp_path: Path) -> None:
        document = rank(feed(tmp_path)).document

        assert (document["stories"], document["also"], document["rejected"]) == ([], [], [])

    def test_many_items_with_one_id_take_no_time_for_each_other(self, tmp_path: Path) -> None:
        items = [item("a", f"{BAKERY} {n}") for n in range(3_000)]

        assert len(set(rank(feed(tmp_path, *items)).ids)) == 3_000


def assert_refused(answer: Answer, code: int, words: str) -> None:
    assert answer.code == code
    assert words in answer.document["error"]
    assert words in answer.err
    assert "Traceback" not in answer.err


class TestWrongInput:
    def test_a_file_that_is_not_there(self) -> None:
        answer = rank("nowhere.json")

        assert_refused(answer, 2, "nowhere.json: there is no such file")
        assert len(answer.err.splitlines()) == 1

    def test_a_folder(self, tmp_path: Path) -> None:
        assert_refused(rank(tmp_path), 2, "is no file")

    @pytest.mark.parametrize(
        "text", ["", "not a feed at all", '{"items": ', '{"a": 1}', "\x00\x01"]
    )
    def test_what_is_no_feed(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "broken.json"
        file.write_text(text)
        answer = rank(file)

        assert_refused(answer, 1, "broken.json: ")
        assert len(answer.err.splitlines()) == 1

    @pytest.mark.parametrize(
        "now",
        [
            "yesterday",
            "",
            "2026-13-01",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31",
            "1989-12-31",
            "2200-01-01",
        ],
    )
    def test_a_moment_that_is_none(self, three: Path, now: str) -> None:
        answer = rank(three, now=now)

        assert_refused(answer, 2, "is no moment")
        assert len(answer.document["error"].splitlines()) == 1

    @pytest.mark.parametrize("now", ["1990-01-01", "2199-12-31T23:59:59"])
    def test_every_moment_of_the_years_we_know_can_be_ranked(self, three: Path, now: str) -> None:
        assert rank(three, now=now).code == 0

    def test_no_feed_at_all(self) -> None:
        assert rank().code == 2

    def test_a_number_below_zero(self, three: Path) -> None:
        assert rank(three, "--top", "-1").code == 2


_texts = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [LICENCES, OFFTAKE, "", "rare earth " * 300, "稀土", "\u202e\u200b", "<b>&amp;"]
    ),
)
_items = st.fixed_dictionaries(
    {"id": st.one_of(st.text(min_size=1, max_size=30), st.sampled_from(["a", "a#2"]))},
    optional={
        "title": _texts,
        "url": st.one_of(_texts, st.just("https://h.example/1")),
        "content_text": _texts,
        "content_html": _texts,
        "date_published": st.one_of(_texts, st.just("2026-04-07T08:00:00Z"), st.integers()),
        "language": _texts,
        "_source": st.one_of(st.none(), st.fixed_dictionaries({"title": _texts})),
    },
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(items=st.lists(_items, max_size=6), takes_all=st.booleans())
def test_whatever_the_items_are_each_id_stands_once(
    items: list[dict[str, object]], takes_all: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answer = rank(feed(Path(folder), *items), *(["--all"] if takes_all else []))

    assert answer.code == 0, answer.err
    assert not [one for one, times in Counter(answer.ids).items() if times > 1]
    assert {str(one["id"]) for one in items} <= set(answer.ids) | _refused(items)


def _refused(items: list[dict[str, object]]) -> set[str]:
    """The ids of items with neither a title, nor a link, nor text: they are no entries."""
    said = ("title", "url", "content_text", "content_html")
    return {str(one["id"]) for one in items if not any(one.get(key) for key in said)}

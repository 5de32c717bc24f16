"""newsletter.yaml: every fault at once, each with its place; secrets never in its text."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from newsletter.cli.init import DEFAULTS, config_text
from newsletter.cli.main import main
from newsletter.config import Config, load_config
from newsletter.config_edition import WeightSettings
from newsletter.config_sources import SourceSettings
from newsletter.config_values import duration_words
from newsletter.errors import ConfigError


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "newsletter.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(file: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ=environ or {})
    return caught.value.faults


def test_without_a_file_every_setting_has_a_default() -> None:
    assert load_config(None, environ={}).delivery.transport == "files"


def test_an_unknown_key_is_refused_with_file_line_and_nearest_key(tmp_path: Path) -> None:
    file = written(tmp_path, "newsletter:\n  name: A\n  taglin: B\n")
    assert faults_of(file) == [
        f"{file}:3: `newsletter.taglin`: there is no such setting; did you mean `tagline`?"
    ]


def test_an_unknown_key_far_from_all_names_the_known_ones(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "schedule:\n  qqq: 1\n"))
    assert "known here: timezone, send_at" in fault


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = (
        "newsletter:\n  sender: nobody\nschedule:\n  timezone: Mars/Base\n"
        "delivery:\n  transport: pigeon\n  smtp:\n    port: many\n"
    )
    found = faults_of(written(tmp_path, text))
    assert [fault.split("`")[1] for fault in found] == [
        "newsletter.sender",
        "schedule.timezone",
        "delivery.transport",
        "delivery.smtp.port",
    ]
    assert [fault.split(":")[1] for fault in found] == ["2", "4", "6", "8"]
    assert "expected 'files', 'smtp' or 'sendgrid', found 'pigeon'" in found[2]
    assert found[3].endswith("expected a whole number")


def test_a_value_that_is_no_number_is_shown(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "web:\n  port: many\n"))
    assert fault.endswith(":2: `web.port`: expected a whole number, found 'many'")


def test_a_fault_in_a_source_names_its_place_in_the_list(tmp_path: Path) -> None:
    text = "sources:\n  - name: A\n    url: https://a.example/\n  - name: B\n"
    (fault,) = faults_of(written(tmp_path, text))
    assert fault == f"{tmp_path}/newsletter.yaml:4: `sources[1].url`: is missing"


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    text = "sources:\n" + "  - {name: A, url: https://a.example/}\n" * 2
    (fault,) = faults_of(written(tmp_path, text))
    assert "two sources are called 'A'" in fault


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "web:\n  port: 1\n  port: 2\n"))
    assert fault.endswith(":3: `port` stands twice (first on line 2)")


@pytest.mark.parametrize(
    "text", ["a: [", "\t- x", "a: b: c", "- 1\n", "just words\n", "a: !!python/object:x {}\n"]
)
def test_what_is_no_settings_file_gives_one_line(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(written(tmp_path, text))
    assert "\n" not in fault
    assert str(tmp_path) in fault


def test_a_time_of_day_is_text_with_or_without_quotes(tmp_path: Path) -> None:
    for text in ("07:30", '"07:30"'):
        file = written(tmp_path, f"schedule:\n  send_at: {text}\n")
        assert load_config(file, environ={}).schedule.send_at == "07:30"


@pytest.mark.parametrize("text", ["24:00", "7:30", "soon", "07:61"])
def test_no_other_time_of_day_passes(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(written(tmp_path, f"schedule:\n  send_at: '{text}'\n"))
    assert 'expected a time of day such as "07:30"' in fault


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "delivery:\n  transport: smtp\n  smtp:\n    port: 25\n")
    environ = {
        "NEWSLETTER_DELIVERY__TRANSPORT": "files",
        "NEWSLETTER_DELIVERY__SMTP__PORT": "2525",
        "NEWSLETTER_COLLECT__ALLOW_HOSTS": "[127.0.0.1]",
        "DATABASE_URL": "postgres://me@db/news",
    }
    config = load_config(file, environ=environ)
    assert config.delivery.transport == "files"
    assert config.delivery.smtp.port == 2525
    assert config.collect.allow_hosts == ("127.0.0.1",)
    assert config.database_url == "postgres://me@db/news"


def test_a_fault_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    found = faults_of(
        written(tmp_path, "{}\n"), {"NEWSLETTER_WEB__PORT": "x", "NEWSLETTER_WEB__PROT": "1"}
    )
    assert found[0].startswith("environment variable NEWSLETTER_WEB__PORT: `web.port`")
    assert found[1].endswith("did you mean `port`?")


def test_a_secret_comes_from_the_environment(tmp_path: Path) -> None:
    file = written(tmp_path, "delivery:\n  sendgrid:\n    api_key: ${SG}\n")
    config = load_config(file, environ={"SG": "SG.canary"})
    assert config.delivery.sendgrid.api_key.get_secret_value() == "SG.canary"
    assert "canary" not in repr(config)
    assert "canary" not in str(config.model_dump())


@pytest.mark.parametrize(
    "text",
    [
        "delivery: {sendgrid: {api_key: SG.canary}}",
        "delivery: {smtp: {password: canary}}",
        "secret_key: canary",
        "database: postgres://me:canary@db/news",
        "database: postgres://me:can/ary@db/news?x=canary",
        "database: postgres://me:canary/@db/news",
        "database: postgres://me@corp.example:canary@db/news",
        "database: postgres://db/news?password=canary",
        "database: postgres://db/news?sslmode=require&PASSWORD=canary",
        "database: postgres://me:canary@${HOST}/news",
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(written(tmp_path, text + "\n"))
    assert "a secret must not stand in this file" in fault
    assert "canary" not in fault


def test_a_secret_of_a_wrong_shape_is_not_repeated(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "delivery:\n  smtp:\n    password: [canary]\n"))
    assert "canary" not in fault


@pytest.mark.parametrize(
    "text",
    [
        "delivery: {sendgrid: canary}",
        "delivery: {smtp: canary}",
        "delivery: canary",
        "delivery: {sendgrid: {host: canary}}",
        "delivery: {smtp: {security: canary}}",
        "web: canary",
        "canary",
        "database: canary",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(written(tmp_path, text + "\n"))
    assert "expected" in fault
    assert "canary" not in fault


@pytest.mark.parametrize("name", ["DELIVERY__SENDGRID", "DELIVERY__SMTP", "DELIVERY", "WEB"])
def test_a_variable_that_names_a_group_is_a_fault_without_its_value(
    tmp_path: Path, name: str
) -> None:
    file = written(tmp_path, "{}\n")
    (fault,) = faults_of(file, {f"NEWSLETTER_{name}": "SG.canary", f"NEWSLETTER_{name}__X": ""})
    at = name.lower().replace("__", ".")
    assert fault == (
        f"environment variable NEWSLETTER_{name}: `{at}`: expected a group of settings"
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgres://me:${PW}@db/news",
        "postgres://me@db:5432/news?sslmode=require",
        "postgres://db/news?password=${PW}",
        "postgresql:///news?host=/run/postgresql",
    ],
)
def test_a_database_address_without_a_password_in_it_passes(tmp_path: Path, url: str) -> None:
    config = load_config(written(tmp_path, f"database: {url}\n"), environ={"PW": "canary"})
    assert config.database_url == url.replace("${PW}", "canary")


def test_a_group_from_the_environment_is_merged_whatever_the_order(tmp_path: Path) -> None:
    file = written(tmp_path, "web:\n  base_url: https://a.example\n  port: 1\n")
    whole, one = ("NEWSLETTER_WEB", "{port: 2, bind: 0.0.0.0}"), ("NEWSLETTER_WEB__PORT", "3")
    for pairs in ((whole, one), (one, whole)):
        web = load_config(file, environ=dict(pairs)).web
        assert (web.base_url, web.bind, web.port) == ("https://a.example", "0.0.0.0", 3)
    assert load_config(file, environ=dict([whole])).web.port == 2


def test_a_group_that_is_no_group_is_a_fault_beside_a_longer_name_too(tmp_path: Path) -> None:
    environ = {"NEWSLETTER_WEB": "1", "NEWSLETTER_WEB__PORT": "2"}
    (fault,) = faults_of(written(tmp_path, "{}\n"), environ)
    assert fault.startswith("environment variable NEWSLETTER_WEB: `web`: expected a group")
    file = written(tmp_path, "web: 1\n")
    (fault,) = faults_of(file, {"NEWSLETTER_WEB__PORT": "2"})
    assert fault == f"{file}:1: `web`: expected a group of settings"


def test_a_fault_in_a_merged_group_or_list_names_the_variable_not_the_file(tmp_path: Path) -> None:
    text = "web:\n  port: 1\nsources:\n  - {name: A, url: https://a.example/}\n"
    environ = {"NEWSLETTER_WEB": "{port: x}", "NEWSLETTER_SOURCES": "[{name: B}]"}
    found = faults_of(written(tmp_path, text), environ)
    assert [fault.split(":")[0] for fault in found] == [
        "environment variable NEWSLETTER_WEB",
        "environment variable NEWSLETTER_SOURCES",
    ]


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    file = written(tmp_path, "state: here\n")
    environ = {"NEWSLETTER_STATE": "", "NEWSLETTER_WEB": "", "NEWSLETTER_WEB__PORT": ""}
    config = load_config(file, environ=environ)
    assert (config.state, config.web.port) == (tmp_path / "here", 8000)


@pytest.mark.parametrize("text", ["08", "+8", "0008", '"8"'])
def test_a_whole_number_is_read_in_base_ten(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, f"web: {{port: {text}}}\n")
    assert load_config(file, environ={}).web.port == 8
    assert load_config(None, environ={"NEWSLETTER_WEB": f"{{port: {text}}}"}).web.port == 8


@pytest.mark.parametrize(
    "text",
    [
        "web: {port: !!int many}",
        "web: {port: !!int ''}",
        "web: {port: " + "9" * 6000 + "}",
        "web: {port: !!float many}",
        "web: {port: !!bool many}",
        "web: {port: !!timestamp many}",
        "web: &x [*x]",
        "web: &x {port: *x}",
        "&x [*x]",
        "newsletter: {name: " + "[" * 3000 + "]" * 3000 + "}",
        "a: \x00",
    ],
)
def test_an_odd_value_gives_one_line(tmp_path: Path, text: str) -> None:
    (fault,) = faults_of(written(tmp_path, text + "\n"))
    assert "\n" not in fault
    assert len(fault) < 400


def test_an_endless_value_in_the_environment_gives_one_line() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(None, environ={"NEWSLETTER_WEB": "{port: &x [*x]}"})
    (fault,) = caught.value.faults
    assert fault.startswith("environment variable NEWSLETTER_WEB")


def test_a_missing_variable_is_named_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "newsletter:\n  name: ${NOPE}\n"))
    assert fault.endswith(":2: `newsletter.name`: the environment variable NOPE is not set")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("newsletter: {language: english}", "expected two small letters such as en"),
        ("newsletter: {accent: red}", "expected a colour such as #8a2b12"),
        ("theme: {ink: red}", "expected a colour such as #8a2b12"),
        ("theme: {ground: 123}", "expected a colour such as #8a2b12"),
        ("theme: {card: #ffffff\n}", "expected a colour such as #8a2b12, in quotation marks"),
        ("theme: {heading_font: 'Arial; } body {'}", "expected names of fonts with commas"),
        ("theme: {text_font: 'Comic \"Sans\"'}", "expected names of fonts with commas"),
        ("theme: {blocks: [lead, ../layout]}", "expected the name of a block, in letters a to z"),
        ("theme: {blocks: [lead, 3]}", "expected the name of a block"),
        ("theme: {logo: 3}", "expected a path"),
        (f"sponsors: [{{name: A, text: {'x' * 310}}}]", "expected at most 300 characters"),
        ("sponsors: [{name: A, text: B, since: soon}]", "expected a date such as 2026-04-07"),
        ("sponsors: [{name: A, text: B, until: 3}]", "expected a date such as 2026-04-07"),
        ("checks: {levels: [subject]}", "expected a group of lines such as `name: value`"),
        ("delivery: {smtp: {dkim: {selector: a_b}}}", "expected a name such as news2026"),
        ("delivery: {smtp: {dkim: {domain: org}}}", "expected a domain such as example.org"),
        ("signup: {challenge: {adapter: ask}}", "such as package.module:function"),
        ("newsletter: {sender: a@b}", "expected an address such as"),
        ("newsletter: {sender: daily@news_letter.example}", "expected an address such as"),
        ("newsletter: {sender: daily@-news.example}", "letters a-z, digits, hyphens"),
        ("newsletter: {sender: daily@news-.example}", "letters a-z, digits, hyphens"),
        ("newsletter: {sender: daily@bücher.example}", "letters a-z, digits, hyphens"),
        ("newsletter: {sender: daily@news..example}", "letters a-z, digits, hyphens"),
        ("web: {base_url: 'https://[x'}", "expected an address such as https://"),
        ("web: {base_url: 'https://a b.example'}", "expected an address such as https://"),
        ("web: {base_url: 'https://a.example:port'}", "expected an address such as https://"),
        ("web: {base_url: 'https://'}", "expected an address such as https://"),
        ("web: {base_url: 'https://:8000/x'}", "expected an address such as https://"),
        ("web: {base_url: 'https://bücher.example'}", "punycode form, such as xn--"),
        ("edition: {least_stories: 9}", "no more than `edition.stories`, which is 6, found '9'"),
        ("edition: {stories: 2, least_stories: 3}", "expected no more than `edition.stories`"),
        ("database: 'sqlite://'", "keeps nothing"),
        ("database: 'sqlite:'", "keeps nothing"),
        ("database: 'sqlite:///'", "keeps nothing"),
        ("database: 'sqlite://:memory:'", "keeps nothing"),
        ("database: 'sqlite:///:memory:'", "keeps nothing"),
        ("database: 'sqlite://var/x.db'", "with three slashes"),
        ("sources: [{name: A, url: '//[x'}]", "starts with https://"),
        ("newsletter: {postal_address: x}", "expected at least 5 characters"),
        ("database: mysql://me@db/news", "expected sqlite:///path or postgres://"),
        ("sources: [{name: A, url: 'javascript:alert(1)'}]", "starts with https://"),
        ("sources: [{name: A, url: 'file:///etc/passwd'}]", "starts with https://"),
        ("? [a]\n: b", "is not valid YAML"),
        ("newsletter:\n\tname: A", "indent with spaces, not tabs"),
    ],
)
def test_a_fault_is_told_in_words_for_people(tmp_path: Path, text: str, said: str) -> None:
    (fault,) = faults_of(written(tmp_path, text + "\n"))
    assert said in fault
    assert len(fault) < 400


def test_a_signing_key_must_be_long(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "{}\n"), {"NEWSLETTER_SECRET_KEY": "short"})
    assert "expected at least 32 characters" in fault
    assert "short" not in fault


def test_a_folder_and_a_pipe_are_no_configuration(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for odd in (tmp_path, pipe):
        (fault,) = faults_of(odd)
        assert "is no file" in fault


def test_a_huge_text_is_not_repeated(tmp_path: Path) -> None:
    (fault,) = faults_of(written(tmp_path, "x" * 100_000))
    assert len(fault) < 300


def test_paths_follow_the_folder_of_the_file(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "state: here\n"), environ={})
    assert config.state == tmp_path / "here"
    assert config.delivery.files.directory == tmp_path / "var" / "outbox"
    assert config.database_url == f"sqlite:///{tmp_path}/here/newsletter.db"


def test_a_relative_database_follows_the_folder_of_the_file(tmp_path: Path) -> None:
    for written_out, expected in (
        ("sqlite:///var/x.db", f"sqlite:///{tmp_path}/var/x.db"),
        ("sqlite:///../x.db?timeout=5", f"sqlite:///{tmp_path.parent}/x.db?timeout=5"),
        ("sqlite:///a%20b.db", f"sqlite:///{tmp_path}/a%20b.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
    ):
        file = written(tmp_path, f"database: {written_out}\n")
        assert load_config(file, environ={}).database_url == expected
    config = load_config(file, environ={"DATABASE_URL": "sqlite:///y.db"})
    assert config.database_url == f"sqlite:///{tmp_path}/y.db"


def test_a_sources_file_follows_the_folder_of_the_file(tmp_path: Path) -> None:
    names = ("feeds/a.xml", "/srv/b.xml", "https://c.example/feed")
    rows = "".join(f"  - {{name: {name}, url: {name}}}\n" for name in names)
    config = load_config(written(tmp_path, "sources:\n" + rows), environ={})
    assert [source.url for source in config.enabled_sources()] == [
        f"{tmp_path}/feeds/a.xml",
        "/srv/b.xml",
        "https://c.example/feed",
    ]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000", "http://[::1]:8000", "https://xn--bcher-kva.example/news"],
)
def test_a_usable_web_address_passes(tmp_path: Path, address: str) -> None:
    file = written(tmp_path, f"web: {{base_url: '{address}/'}}\n")
    assert load_config(file, environ={}).web.base_url == address


def leaves(model: type, prefix: str = "") -> list[str]:
    found: list[str] = []
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]
        inner = field.annotation
        is_group = hasattr(inner, "model_fields")
        found += leaves(inner, f"{prefix}{name}.") if is_group else [f"{prefix}{name}"]
    return found


def test_init_writes_a_file_that_explains_every_setting_and_loads(tmp_path: Path) -> None:
    text = config_text(DEFAULTS)
    config = load_config(written(tmp_path, text), environ={})
    assert len(config.enabled_sources()) >= 25
    for name in leaves(Config):
        assert f"{name.rpartition('.')[2]}:" in text, f"{name} is not in the file"


def test_inits_defaults_are_the_programs_defaults(tmp_path: Path) -> None:
    written_out = load_config(written(tmp_path, config_text(DEFAULTS)), environ={}, folder=tmp_path)
    assert written_out.model_copy(update={"sources": ()}) == load_config(
        None, environ={}, folder=tmp_path
    )


@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_inits_file_loads_for_every_transport(tmp_path: Path, transport: str) -> None:
    text = config_text({**DEFAULTS, "transport": transport, "when": "06:15 Europe/Berlin"})
    config = load_config(written(tmp_path, text), environ={"SENDGRID_API_KEY": "x"})
    assert config.delivery.transport == transport
    assert (config.schedule.send_at, config.schedule.timezone) == ("06:15", "Europe/Berlin")


@pytest.mark.parametrize("text", ["sources:\n", "sources: ~\n", "sources: []\n"])
def test_sources_with_nothing_under_it_is_an_empty_list(tmp_path: Path, text: str) -> None:
    assert load_config(written(tmp_path, text), environ={}).sources == ()


A_SOURCE = "sources:\n  - name: A\n    url: https://a.example/\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"{A_SOURCE}    selectors: {{item: li}}\n",
            "`sources[0]`: `selectors` go with `kind: page`, not with `kind: auto`",
        ),
        (
            f"{A_SOURCE}    kind: feed\n    selectors: {{item: li}}\n",
            "`selectors` go with `kind: page`, not with `kind: feed`",
        ),
        (A_SOURCE.replace("A\n", "'  '\n"), "`sources[0].name`: expected a word"),
        (f"{A_SOURCE}    group: ''\n", "`sources[0].group`: expected a word"),
        (f"{A_SOURCE}    topics: [' ']\n", "`sources[0].topics[0]`: expected a word"),
        (f"{A_SOURCE}    allow: ['']\n", "an empty one is found in everything"),
        (f"{A_SOURCE}    deny: ['']\n", "an empty one is found in everything"),
        (
            f"{A_SOURCE}  - name: a\n    url: https://b.example/\n",
            "two sources are called 'a'; give each its own name",
        ),
        ("collect:\n  max_entries: 2001\n", "expected less than or equal to 2000"),
        (
            f"edition:\n  weights: {dict.fromkeys(WeightSettings.model_fields, 0)}\n",
            "`edition.weights`: at least one weight must be above 0",
        ),
        ("collect:\n  max_megabytes: 21\n", "expected less than or equal to 20"),
    ],
)
def test_a_setting_that_cannot_take_effect_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (fault,) = faults_of(written(tmp_path, text))
    assert said in fault


def asking(tmp_path: Path, url: str) -> Path:
    return written(tmp_path, f"highlights:\n  model: {{url: '{url}', name: small}}\n")


@pytest.mark.parametrize(
    "host", ["models.example.org", "8.8.8.8", "[2606:4700::9]", "my.local.example"]
)
def test_a_model_on_the_internet_is_asked_by_https_only(tmp_path: Path, host: str) -> None:
    (fault,) = faults_of(asking(tmp_path, f"http://{host}/v1"))
    assert "`highlights.model.url`: expected https://: the key would go in clear text" in fault
    assert load_config(asking(tmp_path, f"https://{host}/v1")).highlights.are_written


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "192.168.7.7",
        "ollama",
        "box.local",
        "a.lan",
        "m.corp.internal",
        "pi.home.arpa",
    ],
)
def test_a_model_nearby_may_be_asked_in_clear_text(tmp_path: Path, host: str) -> None:
    assert load_config(asking(tmp_path, f"http://{host}:11434/v1")).highlights.are_written


@pytest.mark.parametrize("text", ["90m", "6h", "36h", "2d"])
def test_a_length_of_time_is_told_as_it_is_written(text: str) -> None:
    every = SourceSettings(name="A", url="https://a.example/", every=text).every
    assert duration_words(every) == text


def test_init_says_that_there_is_nobody_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SystemExit) as left:
        main(["init"])
    assert left.value.code == 2
    assert "nobody to ask here; --yes takes the defaults" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_old_key_in_the_file_is_refused_and_never_shown(tmp_path: Path) -> None:
    text = f"old_secret_keys: [hush-hush-{'k' * 40}]\n"
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text), environ={})
    assert "a secret must not stand in this file" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_short_old_key_is_refused_and_never_shown(tmp_path: Path) -> None:
    file = written(tmp_path, "old_secret_keys: ['${OLD}']\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ={"OLD": "hush"})
    assert "at least 32 characters" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("segments: {a: {colour: red}}\n", "`segments.a.colour`: there is no such setting"),
        ("segments: {a: {}}\n", "`segments.a`: expected at least one condition"),
        ("delivery: {only: europe}\n", "the segment 'europe', which is not in `segments`"),
        ("web: {trusted_proxies: [near]}\n", "`web.trusted_proxies`: expected addresses"),
        ("signup: {origins: ['https://a.example/b']}\n", "without a path"),
        ("signup: {challenge: {question: ''}}\n", "expected a question and its answers"),
    ],
)
def test_a_fault_in_signing_up_or_a_segment_is_told_with_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text), environ={})
    assert said in str(caught.value)
    assert ":1: " in str(caught.value) or "delivery" in text

"""An operator's own gazetteer: what is wrong with the file is said in one plain line."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.config import load_config
from newsletter.errors import ConfigError
from newsletter.gazetteer import load_gazetteer

GOOD = b"elements:\n  Cerium: [cerium]\n"


def refused(folder: Path, name: str) -> str:
    config = load_config(None, environ={"NEWSLETTER_GAZETTEER": name}, folder=folder)
    with pytest.raises(ConfigError) as failed:
        load_gazetteer(config)
    (line,) = failed.value.faults
    assert "\n" not in line
    assert "Errno" not in line
    return line


def test_a_gazetteer_that_is_not_there_is_told_in_plain_words(tmp_path: Path) -> None:
    line = refused(tmp_path, "nope")
    assert line == f"`gazetteer`: {tmp_path / 'nope'}: there is no such file or folder"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GOOD + b"companies: [a\nb: c\n", ":4: is not valid YAML: "),
        (GOOD + b"\tx: y\n", ":3: is not valid YAML: "),
        (GOOD + b"a: \x01\n", ": is not valid YAML: "),
        (GOOD + b"a: \xff\n", ": is not UTF-8 text"),
        (GOOD + b"a: 2026-99-99\n", ": is no gazetteer: "),
        (b"", ": is no gazetteer: it holds nothing"),
    ],
)
def test_a_broken_file_gives_one_line_with_its_name(tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(data)
    assert refused(tmp_path, "own.yaml").startswith(f"{file}{said}")


def test_in_a_folder_the_broken_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "field"
    folder.mkdir()
    (folder / "a.yaml").write_bytes(GOOD)
    (folder / "b.yaml").write_bytes(b"companies: {\n")
    assert refused(tmp_path, "field").startswith(f"{folder / 'b.yaml'}:")


def test_a_folder_with_nothing_to_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "field").mkdir()
    assert "there is no .yaml file in the folder" in refused(tmp_path, "field")

"""The wheel runs outside the checkout: built, installed into an empty environment, and used."""

from __future__ import annotations

import json
import mailbox
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not UV.exists(), reason="uv is not installed")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", folder], cwd=ROOT, check=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_templates_and_data_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "newsletter/templates/email/edition/body.html" in names
    assert "newsletter/data/gazetteer/field.yaml" in names
    assert "newsletter/sample/outlets.yaml" in names
    assert "newsletter/data/caniemail/support.json" in names
    assert "newsletter/data/caniemail/LICENSE" in names
    assert "newsletter/migrations/0001_initial.py" in names
    templates = {
        f"newsletter/{path.relative_to(ROOT)}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert templates <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]


def test_the_installed_wheel_delivers_the_demo(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environ = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("PYTHON", "VIRTUAL", "DJANGO", "NEWSLETTER"))
    }
    venv = tmp_path / "venv"
    requirements = tmp_path / "requirements.txt"
    python = venv / "bin" / "python"
    for words in (
        f"export --locked --no-dev --no-emit-project --output-file {requirements}",
        f"venv --python {sys.executable} {venv}",
        f"pip install --python {python} -r {requirements}",
        f"pip install --python {python} --no-deps {wheel}",
    ):
        command = [str(UV), "--quiet", *words.split()]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environ)

    done = subprocess.run(
        [venv / "bin" / "newsletter", "demo", "--json"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["deliveries"]["accepted"] == 3
    assert len(mailbox.Maildir(tmp_path / "newsletter-demo" / "var" / "outbox", create=False)) == 3
    assert list(home.iterdir()) == []

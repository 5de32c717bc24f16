"""The shape of the code, held by machine: sizes, names, purity, what start-up imports."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for package in ("newsletter", "subscribers")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
MOST_LINES = 250  # code lines of a module that a person reads in one sitting
MOST_LINES_OF_A_FUNCTION = 40
LONGER: dict[str, str] = {}

HEAVY = {
    "django",
    "feedparser",
    "dateparser",
    "httpcore2",
    "h2",
    "protego",
    "trafilatura",
    "truststore",
    "jinja2",
    "premailer",
    "sendgrid",
    "rich",
    "pydantic",
    "lxml",
    "nh3",
    "yaml",
    "numpy",
    "dns",
    "email_validator",
}


def code_lines(path: Path) -> int:
    """Lines that hold code: no blank lines, comments or docstrings."""
    source = path.read_text(encoding="utf-8")
    held: set[int] = set()
    skipped = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            held |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            held -= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return len(held)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    assert code_lines(path) <= MOST_LINES or name in LONGER


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = {
        "utils",
        "util",
        "helpers",
        "helper",
        "manager",
        "handler",
        "handlers",
        "misc",
        "common_utils",
    }
    assert [path.stem for path in MODULES if path.stem in vague] == []


def test_an_init_file_only_introduces_its_package() -> None:
    long = [path for path in MODULES if path.name == "__init__.py" and code_lines(path) > 5]
    assert long == []


FORBIDDEN_IN_THE_CORE = {
    "now",
    "today",
    "utcnow",
    "time",
    "monotonic",
    "perf_counter",
    "random",
    "open",
    "urandom",
    "getenv",
    "print",
    "sleep",
}


@pytest.mark.parametrize("path", [p for p in MODULES if "core" in p.parts], ids=lambda p: p.stem)
def test_the_core_reads_no_clock_no_file_and_no_dice(path: Path) -> None:
    calls = [
        node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    ]
    names = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
    allowed = (
        {"time"} if "time(" in path.read_text() and "datetime.time" in path.read_text() else set()
    )
    assert names & FORBIDDEN_IN_THE_CORE - allowed == set()


def test_help_and_version_import_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from newsletter.cli.main import commands\n"
        "try:\n    commands.main(['--help'], standalone_mode=False)\n"
        "finally:\n    print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded & HEAVY == set()
    assert "Usage:" in done.stdout


def test_the_top_level_holds_what_was_agreed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=False, cwd=ROOT
    ).stdout.split()
    if not tracked:
        pytest.skip("this is no git checkout")
    agreed = {
        "pyproject.toml",
        "README.md",
        "newsletter",
        "templates",
        "subscribers",
        "tests",
        "uv.lock",
        "Makefile",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        ".gitignore",
        ".ci",
        "bench",
        "docs",
        "deploy",
    }
    assert {name.partition("/")[0] for name in tracked} <= agreed

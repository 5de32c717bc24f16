# Few targets. `make demo` and `make test` work on a fresh clone with Python 3.11+ and network to
# a package index; everything they install stays in .venv.

PYTHON ?= python3
BIN := .venv/bin
UV := 0.13.9

# pip takes a certificate bundle from PIP_CERT; uv looks for SSL_CERT_FILE.
ifneq ($(PIP_CERT),)
export SSL_CERT_FILE ?= $(PIP_CERT)
endif

# What asks the database for more than rows: it runs on PostgreSQL too.
ON_POSTGRES := tests/store tests/subscribers tests/test_day.py tests/test_collect.py \
	tests/test_articles.py tests/test_correct.py tests/test_decide.py tests/test_decide_together.py \
	tests/test_memory_day.py tests/test_radar_cli.py tests/test_learn_cli.py

.PHONY: demo test lint bench serve

demo: .venv/installed
	@$(BIN)/newsletter demo $(ARGS)

test: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.with_postgres $(BIN)/pytest -n auto --dist loadfile $(ON_POSTGRES)
	$(BIN)/pytest -n auto --dist loadfile

lint: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-dev
	VIRTUAL_ENV= $(BIN)/uv sync --quiet --locked --inexact --extra dev --extra bench
	$(BIN)/python -m bench $(ARGS)

serve: .venv/installed
	$(BIN)/newsletter serve $(ARGS)

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one by PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)

.venv/installed: $(BIN)/uv uv.lock pyproject.toml
	VIRTUAL_ENV= $(BIN)/uv sync --quiet --locked --inexact --no-dev
	@touch $@

.venv/installed-dev: $(BIN)/uv uv.lock pyproject.toml
	VIRTUAL_ENV= $(BIN)/uv sync --quiet --locked --inexact --extra dev --extra pgtest
	@touch $@ .venv/installed

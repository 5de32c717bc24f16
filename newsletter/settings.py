"""Django's settings, made from newsletter.yaml: the one thing here that happens at import.

The file is named by NEWSLETTER_CONFIG (the command line sets it from `--config`), else it is
./newsletter.yaml; where nothing is named and there is none, the defaults hold.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

from newsletter import CONFIG_FILE
from newsletter.config import load_config
from newsletter.secret import ensure_secret


def _database(url: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # Full synchronisation: a ledger row that a power cut takes away is a mail sent twice.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
            ),
        }
    return found


_named = os.environ.get("NEWSLETTER_CONFIG")
_file = Path(_named or CONFIG_FILE)
CONFIG = load_config(_file if _named or _file.exists() else None)

SECRET_KEY = ensure_secret(CONFIG)
SECRET_KEY_FALLBACKS = [key.get_secret_value() for key in CONFIG.old_secret_keys]
DEBUG = False
ALLOWED_HOSTS = ["*"]  # no address is ever built from the Host header: links come from web.base_url
INSTALLED_APPS = ["subscribers", "newsletter"]
DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
CSRF_FAILURE_VIEW = "newsletter.web.views.foreign_form"
ROOT_URLCONF = "newsletter.web.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

"""Django's settings, made from newsletter.yaml: the one thing here that happens at import.

The file is named by NEWSLETTER_CONFIG (the command line sets it from `--config`), else it is
./newsletter.yaml; where that is missing the defaults hold.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

from newsletter.config import DEFAULT_FILE, load_config
from newsletter.secret import load_secret


def _database(url: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # Full synchronisation: a ledger row that a power cut takes away is a mail sent twice.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    return found


_file = Path(os.environ.get("NEWSLETTER_CONFIG") or DEFAULT_FILE)
CONFIG = load_config(_file if _file.exists() else None)

# Commands make the key file before they set Django up; without one, a key for this process only.
SECRET_KEY = load_secret(CONFIG) or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = ["*"]  # no address is ever built from the Host header: links come from web.base_url
INSTALLED_APPS = ["subscribers", "newsletter"]
DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
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

"""The key that signs personal links: from the environment, else from a file of this machine."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config import Config

FILE_NAME = "secret.key"


def load_secret(config: Config) -> str:
    """The key, or an empty text where neither the environment nor the state folder has one."""
    given = config.secret_key.get_secret_value()
    file = config.state / FILE_NAME
    if given or not file.exists():
        return given
    return file.read_text(encoding="ascii").strip()


def ensure_secret(config: Config) -> str:
    """The key; the first call on a machine makes one, readable by its owner only."""
    return load_secret(config) or _made(config.state / FILE_NAME)


def _made(file: Path) -> str:
    key = secrets.token_urlsafe(48)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise NewsletterError(
            f"{file}: the signing key cannot be written: {error.strerror};"
            " make the folder writable or set NEWSLETTER_SECRET_KEY"
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(key + "\n")
    return key

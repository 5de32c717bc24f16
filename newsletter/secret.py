"""The key that signs personal links: from the environment, else from a file of this machine."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from newsletter.config_values import LEAST_KEY
from newsletter.errors import ConfigError, NewsletterError

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
    return _read(file)


def ensure_secret(config: Config) -> str:
    """The key; the first call on a machine makes one, readable by its owner only."""
    if load_secret(config):
        return load_secret(config)
    file = config.state / FILE_NAME
    if file.exists():
        raise ConfigError(
            [f"{file}: is empty; put the old key back, or delete it: links in old mails then die"]
        )
    return _made(file)


def _made(file: Path) -> str:
    """A new key, written beside the file and linked to its name whole: never an empty key."""
    key = secrets.token_urlsafe(48)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(key + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(beside, file)
    except FileExistsError:
        return _read(file)  # another command was faster
    except OSError as error:
        raise NewsletterError(
            f"{file}: the signing key cannot be written: {error.strerror};"
            " make the folder writable or set NEWSLETTER_SECRET_KEY"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return key


def _read(file: Path) -> str:
    try:
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "holds no key"
        raise ConfigError([f"{file}: the signing key cannot be read: {reason}"]) from None
    if 0 < len(key) < LEAST_KEY:
        raise ConfigError([f"{file}: the signing key is shorter than {LEAST_KEY} characters"])
    return key

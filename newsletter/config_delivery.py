"""The settings of delivery: the ways out, and who gets an edition."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from newsletter.config_values import Folder, Settings, WebAddress, Word


class FilesSettings(Settings):
    """The transport `files`: a Maildir on this machine."""

    directory: Folder = Path("var/outbox")


class SmtpSettings(Settings):
    """The transport `smtp`: your own or your provider's relay."""

    host: str = "localhost"
    port: int = Field(587, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    security: Literal["none", "starttls", "tls"] = "starttls"
    timeout: float = Field(30, gt=0, le=600)


class SendGridSettings(Settings):
    """The transport `sendgrid`: Twilio SendGrid's v3 API."""

    api_key: SecretStr = SecretStr("")
    host: WebAddress = "https://api.sendgrid.com"
    timeout: float = Field(30, gt=0, le=600)


class DeliverySettings(Settings):
    """How finished messages leave."""

    transport: Literal["files", "smtp", "sendgrid"] = "files"
    batch_size: int = Field(100, ge=1, le=1000)
    only: str = ""
    exclude: tuple[Word, ...] = ()
    files: FilesSettings = FilesSettings()
    smtp: SmtpSettings = SmtpSettings()
    sendgrid: SendGridSettings = SendGridSettings()

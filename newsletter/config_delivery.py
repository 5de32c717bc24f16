"""The settings of delivery: the ways out, and who gets an edition."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from newsletter.config_values import Folder, Settings, WebAddress, Word

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"


class FilesSettings(Settings):
    """The transport `files`: a Maildir on this machine."""

    directory: Folder = Path("var/outbox")


class DkimSettings(Settings):
    """Signing what `smtp` hands over; off while there is no selector."""

    selector: str = Field("", pattern=rf"^(?:{_LABEL}(?:\.{_LABEL})*)?$", max_length=63)
    domain: str = Field("", pattern=rf"^(?:{_LABEL}(?:\.{_LABEL})+)?$", max_length=253)
    key_file: Folder | None = None
    private_key: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        keys = bool(self.key_file) + bool(self.private_key.get_secret_value())
        if self.selector and keys != 1:
            raise ValueError("expected either `key_file` or `private_key` beside the selector")
        if keys and not self.selector:
            raise ValueError("expected a selector beside the key")
        return self


class SmtpSettings(Settings):
    """The transport `smtp`: your own or your provider's relay."""

    host: str = "localhost"
    port: int = Field(587, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    security: Literal["none", "starttls", "tls"] = "starttls"
    timeout: float = Field(30, gt=0, le=600)
    dkim: DkimSettings = DkimSettings()


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

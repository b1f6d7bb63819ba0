"""Every setting of the installation, read from the environment (`AUCTOR_…`) and checked before anything starts."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, IPvAnyNetwork, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from auctor.kit.loopback import require_loopback


def default_data_folder() -> Path:
    """`/var/lib/auctor` for root, else below the user's data home."""
    if os.geteuid() == 0:
        return Path("/var/lib/auctor")
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "auctor"


class Environment(BaseSettings):
    """The settings. Their descriptions are the reference page."""

    model_config = SettingsConfigDict(env_prefix="AUCTOR_", extra="ignore", env_file=None)

    data: Path = Field(
        default_factory=default_data_folder,
        description="The data folder: database, keys, certificates, published checkpoints, logs.",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "AUCTOR_DATABASE_URL"),
        description="An external PostgreSQL (15 or newer) as postgresql://user:password@host/name, TLS verified. "
        "Its user makes roles and migrates; the running product never uses it. Empty: embedded.",
    )
    database_address: str = Field(
        "",
        description="The external PostgreSQL without a user: postgresql://host/name. For a web server or worker "
        "started alone, so that it never holds the administrator's words; `auctor up` sets it for its children.",
    )
    postgres_binaries: Path | None = Field(
        None, description="Folder with another PostgreSQL's binaries to use in place of the embedded ones."
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8443, ge=1, le=65535, description="Port the web server listens on.")
    public_url: str = Field(
        "",
        description="Address people use, such as https://auctor.example.com. Empty: https://localhost:PORT.",
    )
    allowed_hosts: list[str] = Field(
        default_factory=list, description="Further host names the web server answers to (a JSON list)."
    )
    trusted_proxies: list[IPvAnyNetwork] = Field(
        default_factory=list,
        description="Proxies in front of the web server, whose X-Forwarded-For is believed (a JSON list such as "
        '["10.0.0.0/8"]). '
        "Empty: the address of a request is that of the connection.",
    )
    certificate: Path | None = Field(
        None,
        description="TLS certificate chain (PEM). Empty: one of the local authority, made at first start.",
    )
    certificate_key: Path | None = Field(None, description="Private key of the certificate (PEM).")
    web_processes: int = Field(1, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads of each web server process.")
    worker_concurrency: int = Field(2, ge=1, le=64, description="Jobs that run at once.")
    root_key_uri: str = Field(
        "",
        description="Root key of a key service: hcvault://…, aws-kms://… or gcp-kms://…. "
        "Empty: a file in the data folder that only its owner can read.",
    )
    root_key_credentials: Path | None = Field(
        None, description="Credentials file for the key service, where it needs one."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server as smtp://user:password@host:587 (STARTTLS) or smtps://…:465. "
        "Empty: mails are written to files in the data folder.",
    )
    mail_from: str = Field("auctor@localhost.localdomain", description="Sender of the product's mails.")
    sign_up: bool = Field(False, description="Whether people can make a pilot workspace of their own at /sign-up.")
    pilot_days: int = Field(30, ge=1, le=365, description="Length of a pilot that was made on the sign-up page.")
    oidc_issuer: str = Field("", description="OpenID Connect issuer for sign-in. Empty: off.")
    oidc_name: str = Field("Single sign-on", description="Label of the OpenID Connect button.")
    oidc_client_id: str = Field("", description="Client id at the OpenID Connect issuer.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Client secret at the issuer.")
    witness_folder: Path | None = Field(
        None, description="Folder (another disk, a mounted bucket) that also receives each checkpoint."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe log line.")
    log_format: Literal["json", "text"] = Field("json", description="Form of log lines.")
    otlp_endpoint: str = Field("", description="OpenTelemetry collector (OTLP over HTTP). Empty: no traces.")
    metrics_token: SecretStr | None = Field(
        None,
        description="Bearer token for /metrics from other machines. Empty: answered on this machine only.",
    )
    gate: Path | None = Field(
        None,
        description="Set by `auctor up` for its web server, which loads at once and answers when this file is there.",
    )
    stand_ins: dict[str, str] = Field(
        default_factory=dict,
        description="For demonstrations and tests: addresses on this machine that stand in for a vendor's (a JSON "
        'object such as {"hubspot": "http://127.0.0.1:9101"}). Empty: only the vendors themselves are called.',
    )
    development: bool = Field(False, description="Shows /styleguide; never for real data.")

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, given: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(given.get_secret_value() if given else "smtp://host")
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("it looks like smtp://user:password@host:587 or smtps://host:465")
        return given

    @field_validator("stand_ins")
    @classmethod
    def _are_on_this_machine(cls, given: dict[str, str]) -> dict[str, str]:
        for address in given.values():
            require_loopback(address)
        return given

    @property
    def database(self) -> str:
        """Address of the external database, with its administrator where this process has one; empty: embedded."""
        return self.database_url.get_secret_value() if self.database_url else self.database_address

    @property
    def address(self) -> str:
        """The address people use, without a slash at its end."""
        return self.public_url.rstrip("/") or f"https://localhost:{self.port}"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The settings of this process."""
    return Environment()

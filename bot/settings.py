"""The only reader of the environment: MAILROOM_… variables, or a `.env` file, become one frozen Settings.

A wrong or missing setting is one sentence that names it, and never holds a value that may be a secret.
"""

import ipaddress
import uuid
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, SkipValidation, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.profile_file import read_profiles
from cards.inforce import SettingLine
from provisioning.profiles import Profile

PREFIX = "MAILROOM_"
ENV_FILE = ".env"
DEFAULT_DATABASE = "sqlite:///var/mailroom.db"
FEWEST_DAYS = 7  # no case is worked on for longer


class AppType(StrEnum):
    """How the bot proves itself; multi-tenant bots can no longer be created since July 2025."""

    SINGLE_TENANT = "SingleTenant"
    MANAGED_IDENTITY = "UserAssignedMSI"
    ANONYMOUS = "Anonymous"


class SettingsError(Exception):
    """One line for the operator."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_url(url: str) -> bool:
    """Nothing confidential goes over plain HTTP, except on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return (parts.scheme == "https" and bool(host)) or (parts.scheme == "http" and is_loopback(host))


def _guid(text: str) -> str:
    if not text:
        return ""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise ValueError("must be a GUID such as 6f0e1d2c-0000-4000-8000-000000000001") from None


def _guids(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_guid(item) for item in items)


def _split(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _url(text: str) -> str:
    if text and not is_safe_url(text):
        raise ValueError("must be an https:// address (http:// only on this machine)")
    return text.rstrip("/")


def _days(days: int) -> int:
    if days < 0 or 0 < days < FEWEST_DAYS:
        raise ValueError(f"must be 0 (never) or at least {FEWEST_DAYS} days")
    return days


def _database(text: str) -> str:
    if not text.startswith(("sqlite://", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return text


def _location(text: str) -> str:
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError("must be a country code of two letters such as US")
    return text.upper()


def _profiles(value: Any) -> Any:
    return read_profiles(value.strip()) if isinstance(value, str) else value


def _app_type(value: Any) -> Any:
    return next((kind for kind in AppType if str(value).lower() == kind.lower()), value)


S = TypeVar("S", bound=BaseSettings)
Guid = Annotated[str, AfterValidator(_guid)]
Guids = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_guids)]
Url = Annotated[str, AfterValidator(_url)]
Days = Annotated[int, Field(le=36_500), AfterValidator(_days)]
Profiles = Annotated[tuple[SkipValidation[Profile], ...], NoDecode, BeforeValidator(_profiles)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
DatabaseLogin = Literal["url", "entra"]


_CONFIG = SettingsConfigDict(
    env_prefix=PREFIX,
    env_file=ENV_FILE,
    env_ignore_empty=True,
    extra="ignore",
    frozen=True,
    hide_input_in_errors=True,
)


class DatabaseSettings(BaseSettings):
    """What a program needs that works on the database alone."""

    model_config = _CONFIG

    database_url: DatabaseUrl = DEFAULT_DATABASE
    database_login: DatabaseLogin = "url"


class Settings(BaseSettings):
    """Every setting; the environment's name is MAILROOM_ and the upper-case field."""

    model_config = _CONFIG

    port: int = Field(3978, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    host: str = Field("127.0.0.1", description="The address to listen on.")
    database_url: DatabaseUrl = Field(
        DEFAULT_DATABASE, description="Where cases are kept: a SQLite file, or PostgreSQL."
    )
    database_login: DatabaseLogin = Field(
        "url",
        description="How to sign in to PostgreSQL: url (as it says), or entra (APP_ID's token as the password).",
    )
    graph_base_url: Url = Field(
        "https://graph.microsoft.com/v1.0", description="Microsoft Graph, with the version; the demo's is the sandbox."
    )
    tenant_id: Guid = Field("", description="The Entra tenant whose people are provisioned. Required.")
    app_id: Guid = Field("", description="The bot's application (client) id. Required unless APP_TYPE is Anonymous.")
    app_type: Annotated[AppType, BeforeValidator(_app_type)] = Field(
        AppType.SINGLE_TENANT,
        description="SingleTenant, UserAssignedMSI, or Anonymous (no tokens; only for a sandbox on this machine).",
    )
    app_password: SecretStr = Field(SecretStr(""), description="The client secret; required for SingleTenant.")
    allowed_tenants: Guids = Field((), description="Tenants whose people are served, with commas. Default: TENANT_ID.")
    operators: Guids = Field((), description="Entra group or user object ids that may provision, with commas.")
    admins: Guids = Field((), description="Entra group or user object ids that may do everything, with commas.")
    viewers: Guids = Field((), description="Entra group or user object ids that may look, with commas.")
    approvers: Guids = Field(
        (), description="Entra group or user object ids that may approve risky fixes, with commas. Default: ADMINS."
    )
    approval_risk: Literal["2", "3", "never"] = Field(
        "2", description="Fixes of this risk or more need a second person, where ADMINS or APPROVERS are set."
    )
    approval_hours: float = Field(
        4.0, gt=0, le=72, allow_inf_nan=False, description="How long a request for approval stands, in hours."
    )
    protected: Guids = Field(
        (),
        description="Entra group or user object ids that are never changed, with commas, such as break-glass accounts.",
    )
    seats_warning: int = Field(
        5, ge=0, le=999_999, description="A license with so many free seats, or fewer, is low; also set in the chat."
    )
    rate_limit: int = Field(120, ge=1, description="Messages and clicks that one person may send in a minute.")
    teams_rate: float = Field(
        50.0,
        gt=0,
        allow_inf_nan=False,
        description="Requests a second to Teams at most; several bots that share one app share its 50.",
    )
    poll_seconds: float = Field(
        30.0,
        gt=0,
        allow_inf_nan=False,
        description="The shortest spacing of readiness checks, in seconds.",
    )
    default_usage_location: Annotated[str, AfterValidator(_location)] = Field(
        "", description="The country code for people whose order names none; empty: ask."
    )
    profiles: Profiles = Field((), description="A TOML file of named sets for orders (docs/profiles.md).")
    mail_sender: str = Field(
        "", description="The mailbox, by address or object id, from which messages of profiles are sent."
    )
    retention_days: Days = Field(
        365, description="Cases, fixes and lists are deleted so many days after their end; 0: never."
    )
    audit_retention_days: Days = Field(
        0,
        description="Entries of the audit trail go after so many days, no fewer than RETENTION_DAYS; 0: never.",
    )
    resync_webhook_url: Url = Field(
        "", repr=False, description="Called to start a directory synchronisation; empty: not offered."
    )
    stack: Literal["botbuilder", "agents"] = Field(
        "botbuilder",
        description="Microsoft's SDK: botbuilder, or agents, its successor (docs/adr/0006-way-off-botbuilder.md).",
    )
    log_format: Literal["console", "json"] = Field("console", description="console or json.")
    openid_metadata_url: Url = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        description="Where the Bot Connector publishes its signing keys; only sovereign clouds change it.",
    )
    login_url: Url = Field(
        "https://login.microsoftonline.com",
        description="Where the bot signs in; only sovereign clouds change it.",
    )

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        """Rules between settings. A message begins with the name of the setting that is to be changed."""
        if not self.tenant_id:
            raise ValueError(f"{PREFIX}TENANT_ID is missing: the id of your Entra tenant")
        writing = next((profile.name for profile in self.profiles if profile.sends_mail), None)
        if writing and not self.mail_sender:
            raise ValueError(f"{PREFIX}MAIL_SENDER is missing: the profile {writing} sends a message")
        if self.audit_retention_days and not 0 < self.retention_days <= self.audit_retention_days:
            raise ValueError(
                f"{PREFIX}AUDIT_RETENTION_DAYS must be 0 or no less than {PREFIX}RETENTION_DAYS: the trail says what "
                "became of each case"
            )
        if self.database_login == "entra" and not self._has_token_for_database():
            raise ValueError(
                f"{PREFIX}DATABASE_LOGIN entra needs a postgresql:// {PREFIX}DATABASE_URL and an {PREFIX}APP_TYPE "
                "that signs in"
            )
        if self.app_type is AppType.ANONYMOUS:
            self._check_anonymous()
            return self
        if not self.app_id:
            raise ValueError(f"{PREFIX}APP_ID is missing: the bot's application (client) id")
        if self.app_type is AppType.SINGLE_TENANT and not self.app_password.get_secret_value():
            raise ValueError(f"{PREFIX}APP_PASSWORD is missing: {PREFIX}APP_TYPE SingleTenant needs the client secret")
        return self

    def _check_anonymous(self) -> None:
        if not is_loopback(self.host):
            raise ValueError(
                f"{PREFIX}APP_TYPE Anonymous checks no tokens, so {PREFIX}HOST must be 127.0.0.1, not {self.host}"
            )
        if not is_loopback(urlsplit(self.graph_base_url).hostname or ""):
            raise ValueError(f"{PREFIX}APP_TYPE Anonymous needs a {PREFIX}GRAPH_BASE_URL on this machine")

    def _has_token_for_database(self) -> bool:
        return self.database_url.startswith("postgresql") and self.app_type is not AppType.ANONYMOUS

    @property
    def tenants(self) -> tuple[str, ...]:
        """Whose people are served."""
        return self.allowed_tenants or (self.tenant_id,)


class TelemetrySettings(BaseSettings):
    """Where traces go, by OpenTelemetry's own names and Azure's; what else begins with OTEL_ its SDK reads itself.

    From the environment alone, as that SDK does it.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    otel_exporter_otlp_endpoint: str = ""
    otel_exporter_otlp_traces_endpoint: str = ""
    otel_exporter_otlp_protocol: Literal["http/protobuf"] = "http/protobuf"
    otel_service_name: str = "mailroom"
    otel_sdk_disabled: bool = False
    otel_traces_exporter: str = "otlp"
    applicationinsights_connection_string: SecretStr = SecretStr("")

    @property
    def is_off(self) -> bool:
        endpoint = self.otel_exporter_otlp_endpoint or self.otel_exporter_otlp_traces_endpoint
        wanted = bool(endpoint or self.applicationinsights_connection_string.get_secret_value())
        return not wanted or self.otel_sdk_disabled or self.otel_traces_exporter == "none"


@dataclass(frozen=True)
class SettingRow:
    """One line of the documentation."""

    name: str
    default: str
    meaning: str


def read(env_file: Path | str | None = ENV_FILE) -> Settings:
    """The settings of this process. Raises SettingsError with one line."""
    return _read(Settings, env_file)


def read_telemetry() -> TelemetrySettings:
    """Raises SettingsError with one line."""
    try:
        return TelemetrySettings()
    except ValidationError as error:
        raise SettingsError("; ".join(f"{str(one['loc'][0]).upper()} {one['msg']}" for one in error.errors())) from None


def read_database(env_file: Path | str | None = ENV_FILE) -> DatabaseSettings:
    """These settings, whatever the others are. Raises SettingsError with one line."""
    return _read(DatabaseSettings, env_file)


def in_force(settings: Settings) -> tuple[SettingLine, ...]:
    """Every setting as an admin may see it in a chat: of a secret only whether it is set."""
    return tuple(
        SettingLine(
            PREFIX + name.upper(),
            _public(name, getattr(settings, name), is_secret=not field.repr),
            field.description or "",
            is_default=getattr(settings, name) == field.default,
        )
        for name, field in type(settings).model_fields.items()
    )


def _public(name: str, value: object, *, is_secret: bool) -> str:
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else "not set"
    if is_secret:
        return "set" if value else "not set"
    if name == "database_url":
        return without_secrets(str(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def without_secrets(url: str) -> str:
    """Neither the user and password of a database, nor what follows its "?"."""
    scheme, _, rest = url.partition("://")
    address, _, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{address.rpartition('@')[2]}/{path}"


def _read(kind: type[S], env_file: Path | str | None) -> S:
    try:
        return kind(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(dict(fault)) for fault in error.errors())) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{ENV_FILE} cannot be read: {type(error).__name__}") from None


def rows() -> tuple[SettingRow, ...]:
    """Every setting, for the documentation."""
    return tuple(
        SettingRow(PREFIX + name.upper(), _shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )


def _sentence(fault: dict[str, Any]) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    if not fault["loc"]:
        return message
    name = PREFIX + str(fault["loc"][0]).upper()
    if fault["type"] == "enum":
        message = "must be SingleTenant, UserAssignedMSI or Anonymous"
    return f"{name} {message[0].lower()}{message[1:]}"


def _shown(default: object) -> str:
    if isinstance(default, SecretStr) or default == ():
        return ""
    return str(default)

"""The file of profiles (MAILROOM_PROFILES): TOML, a table a profile. docs/profiles.md describes it.

Whatever is wrong is one line that names the file, the profile and the field.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from provisioning.countries import COUNTRY_CODES
from provisioning.profiles import PLACEHOLDERS, Message, Profile, unknown_placeholders

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
BIGGEST = 256_000  # bytes
MOST_PROFILES = 50  # as many as a form can offer
TEXT_LIMIT = 10_000
SUBJECT_LIMIT = 255  # Exchange cuts a longer one
NOT_NAMES = frozenset({"at", "on", "as", "none"})  # words of the command


def read_profiles(path: str) -> tuple[Profile, ...]:
    """In the order of the file. Raises ValueError with the line."""
    try:
        raw = Path(path).expanduser().read_bytes()
        if len(raw) > BIGGEST:
            raise ValueError(f"{path} has {len(raw):,} bytes; at most {BIGGEST:,} are read")
        tables = tomllib.loads(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no TOML: {_one_line(str(error))}") from None
    if len(tables) > MOST_PROFILES:
        raise ValueError(f"{path} has {len(tables)} profiles; at most {MOST_PROFILES} are possible")
    return tuple(_profile(path, name, table) for name, table in tables.items())


def _profile(path: str, name: str, table: Any) -> Profile:
    where = f"{path}, profile {_one_line(name)}"
    if not NAME.fullmatch(name) or name in NOT_NAMES:
        raise ValueError(f"{where}: a name has small letters, digits and hyphens, and is not one of at, on, as, none")
    if not isinstance(table, dict):
        raise ValueError(f"{where}: this stands outside of a profile; begin one with [name]")
    try:
        return _Table.model_validate(table).profile(name)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"])
        said = _one_line(str(fault["msg"]).removeprefix("Value error, "))
        message = "is no field of a profile" if fault["type"] == "extra_forbidden" else said[:1].lower() + said[1:]
        raise ValueError(f"{where}, {_one_line(field)}: {message}" if field else f"{where}: {said}") from None


def _guid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise ValueError("must be the object id of a group, such as 6f0e1d2c-0000-4000-8000-000000000001")
    return text.lower()


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise ValueError("must be an address such as mona@contoso.com") from None


def _location(text: str) -> str:
    if text.upper() not in COUNTRY_CODES:
        raise ValueError("must be a country code of two letters such as US")
    return text.upper()


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4}){0,2}", text):
        raise ValueError("must be a language such as de-DE")
    return text


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of text")
    return text.strip()


def _template(text: str) -> str:
    try:
        unknown = unknown_placeholders(text)
    except ValueError:
        raise ValueError("has a brace without its other one; write {{ or }} for a brace itself") from None
    if unknown:
        known = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
        raise ValueError(f"has the unknown placeholder {unknown[0]}; there are {known}")
    return text


Guid = Annotated[str, AfterValidator(_guid)]
Address = Annotated[str, AfterValidator(_address)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    subject: Annotated[str, Field(max_length=SUBJECT_LIMIT), AfterValidator(_line), AfterValidator(_template)]
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), AfterValidator(_template)]

    def message(self) -> Message:
        return Message(self.subject, self.text)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    license: Line | None = None
    disabled_plans: list[Line] = Field([], max_length=50)
    license_by_group: Guid | None = None
    usage_location: Annotated[str, AfterValidator(_location)] | None = None
    department: Annotated[str, Field(max_length=64), AfterValidator(_line)] | None = None
    manager: Address | None = None
    groups: list[Guid] = Field([], max_length=20)
    shared_mailboxes: list[Address] = Field([], max_length=10)
    time_zone: Line | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None
    welcome: _Message | None = None
    manager_message: _Message | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "_Table":
        for field in ("disabled_plans", "license_by_group"):
            if getattr(self, field) and not self.license:
                raise ValueError(f"{field} needs the license that it is about: license")
        if self.disabled_plans and self.license_by_group:
            raise ValueError("disabled_plans and license_by_group: with a group, the plans are switched off there")
        return self

    def profile(self, name: str) -> Profile:
        return Profile(
            name=name,
            license=self.license or "",
            disabled_plans=tuple(self.disabled_plans),
            license_group=self.license_by_group or "",
            usage_location=self.usage_location or "",
            department=self.department or "",
            manager=self.manager or "",
            groups=tuple(dict.fromkeys(self.groups)),
            shared_mailboxes=tuple(dict.fromkeys(self.shared_mailboxes)),
            time_zone=self.time_zone or "",
            language=self.language or "",
            welcome=self.welcome.message() if self.welcome else None,
            manager_message=self.manager_message.message() if self.manager_message else None,
        )


def _one_line(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= 200 else f"{shown[:199]}…"

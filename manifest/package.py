"""Makes the app package for one environment: `python -m manifest.package --app-id … --domain …` (or `make package`).

The manifest is filled in, held against Microsoft's schema and the rules for icons, and zipped. The same input gives
the same bytes. Nothing is written unless everything is in order.
"""

import argparse
import io
import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema

from manifest import icons

HERE = Path(__file__).parent
TEMPLATE = HERE / "manifest.json"
SCHEMA = HERE / "schema" / "MicrosoftTeams.schema.json"
PROJECT = HERE.parent / "pyproject.toml"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can say


class BadPackage(ValueError):
    """Why there is no package: one sentence a line."""


def filled(values: Mapping[str, str]) -> dict[str, Any]:
    """The manifest with its placeholders replaced. Raises BadPackage for one without a value."""
    try:
        text = re.sub(r"\$\{(\w+)\}", lambda found: json.dumps(values[found[1]])[1:-1], TEMPLATE.read_text("utf-8"))
    except KeyError as error:
        raise BadPackage(f"The manifest needs a value for {error.args[0]}.") from error
    made: dict[str, Any] = json.loads(text)
    return made


def complaints(manifest: Mapping[str, Any]) -> list[str]:
    """Where the manifest breaks Microsoft's schema, and the icons Teams' rules."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    errors = jsonschema.Draft4Validator(schema).iter_errors(manifest)
    broken = [f"manifest.json, {error.json_path}: {error.message}" for error in errors]
    domains = [f"“{one}” is no domain." for one in manifest.get("validDomains", ()) if "/" in one or "." not in one]
    return [*broken, *domains, *icons.complaints()]


def zipped(manifest: Mapping[str, Any]) -> bytes:
    """manifest.json, color.png and outline.png at the root, as Teams wants them. Raises BadPackage."""
    wrong = complaints(manifest)
    if wrong:
        raise BadPackage("\n".join(wrong))
    files = {"manifest.json": json.dumps(manifest, indent=2, ensure_ascii=False).encode()}
    files |= {f"{name}.png": (icons.FOLDER / f"{name}.png").read_bytes() for name in icons.SIZES}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def version() -> str:
    """Of the project: Teams offers an update when it is higher."""
    told: str = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"]
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers the exit code."""
    told = _parser().parse_args(arguments)
    website = told.website or f"https://{told.domain}"
    values = {
        "APP_ID": told.app_id,
        "DOMAIN": told.domain,
        "WEBSITE_URL": website,
        "PRIVACY_URL": told.privacy or website,
        "TERMS_URL": told.terms or website,
        "VERSION": version(),
    }
    try:
        package = zipped(filled(values))
    except BadPackage as error:
        print(error, file=sys.stderr)
        return 1
    path = Path(told.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(package)
    print(f"{path} is ready for Teams: version {values['VERSION']}, app {told.app_id}, bot at {told.domain}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manifest.package", description="Makes the Teams app package.")
    parser.add_argument("--app-id", required=True, help="client id of the bot's app registration or managed identity")
    parser.add_argument("--domain", required=True, help="the host name under which the bot is reached")
    parser.add_argument("--website", default="", help="your support page (https); the bot's address by default")
    parser.add_argument("--privacy", default="", help="your privacy page; the website by default")
    parser.add_argument("--terms", default="", help="your terms of use; the website by default")
    parser.add_argument("--out", default="var/mailroom-teams.zip", help="where to write it")
    return parser


if __name__ == "__main__":
    sys.exit(main())

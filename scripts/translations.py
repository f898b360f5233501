"""Brings cards/locale up to date with the sentences in the code, and compiles it: `make translations`.

New sentences come in empty, those that are gone go out; a sentence that only changed is marked fuzzy, which means that
somebody has to look at it, and that it is said in English until then. `--check` changes nothing and says what is to do.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "cards", "graph", "handlers", "jobs", "provisioning")
LOCALE = ROOT / "cards" / "locale"
DOMAIN = "mailroom"
KEYWORDS = {"say": None, "marked": None, "counted": (1, 2)}


def extracted() -> Catalog:
    """Every sentence that the code marks, with the files that say it."""
    found = Catalog(project="Mailroom", fuzzy=False)
    for package in PACKAGES:
        for name, line, ids, _, _ in extract_from_dir(ROOT / package, keywords=KEYWORDS):
            found.add(ids, None, [(f"{package}/{name}", line)])
    return found


def catalogues() -> dict[str, Catalog]:
    """By language, brought up to date in memory."""
    template = extracted()
    result = {}
    for file in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = file.parent.parent.name
        with file.open("rb") as opened:
            catalogue = read_po(opened, locale=language, domain=DOMAIN)
        written_at = catalogue.creation_date
        catalogue.update(template, update_header_comment=False)
        catalogue.creation_date = written_at  # or every run would change the file
        catalogue.obsolete.clear()
        result[language] = catalogue
    return result


def files_of(language: str, catalogue: Catalog) -> dict[Path, bytes]:
    """The .po and the .mo as they should be."""
    folder = LOCALE / language / "LC_MESSAGES"
    source, compiled = io.BytesIO(), io.BytesIO()
    write_po(source, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    write_mo(compiled, catalogue)
    return {folder / f"{DOMAIN}.po": source.getvalue(), folder / f"{DOMAIN}.mo": compiled.getvalue()}


def lacking(catalogue: Catalog) -> list[str]:
    """Sentences without a translation that may be used."""
    missing = []
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(strings):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def main() -> int:
    is_check = "--check" in sys.argv[1:]
    status = 0
    for language, catalogue in catalogues().items():
        for sentence in lacking(catalogue):
            print(f"{language}: not translated: {sentence}")
            status = 1
        for file, content in files_of(language, catalogue).items():
            if file.exists() and file.read_bytes() == content:
                continue
            if is_check:
                print(f"{file.relative_to(ROOT)} is not up to date: make translations")
                status = 1
            else:
                file.write_bytes(content)
    return status


if __name__ == "__main__":
    sys.exit(main())

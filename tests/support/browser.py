"""Where the headless Chromium of the browser tests comes from: the system's, never a download."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")

# Quiet and offline. A container's root cannot use Chromium's sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def find_chromium() -> str | None:
    """The first Chromium on PATH, or what CHROMIUM names."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None)

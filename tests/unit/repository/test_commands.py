"""The commands that people type: what make offers, and what set-up says when it cannot work."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MAKEFILE = (ROOT / "Makefile").read_text()
PROMISED = ("setup", "demo", "playground", "test", "lint", "format", "lock", "screenshot", "bench", "clean")


def set_up(python: str, venv: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHON": python}
    argv = [str(ROOT / "scripts/setup"), "requirements.txt", str(venv)]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


def pretend(folder: Path, script: str) -> str:
    """A program in the place of Python."""
    fake = folder / "python"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    return str(fake)


@pytest.mark.parametrize("target", PROMISED)
def test_every_promised_target_exists_and_says_what_it_does(target: str) -> None:
    shown = subprocess.run(["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^make {target} +\S", shown, re.MULTILINE)
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_set_up_names_a_python_that_is_not_there(tmp_path: Path) -> None:
    result = set_up("/nowhere/python", tmp_path / "venv")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "there is no /nowhere/python" in result.stderr


def test_set_up_names_a_python_that_is_too_old(tmp_path: Path) -> None:
    old = pretend(tmp_path, 'case "$2" in *sys.exit*) exit 1;; *) echo 3.9.2;; esac')
    result = set_up(old, tmp_path / "venv")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in result.stderr
    assert "3.9.2" in result.stderr


def test_set_up_says_what_to_install_where_debian_left_venv_out(tmp_path: Path) -> None:
    bare = pretend(tmp_path, 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    result = set_up(bare, tmp_path / "venv")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "apt-get install python3-venv" in result.stderr


def test_set_up_does_nothing_the_second_time(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/bin/false")
    stamp = subprocess.run(["sha256sum", ROOT / "requirements.txt"], capture_output=True, text=True, check=True)
    (venv / f".installed-{stamp.stdout[:16]}").touch()
    result = set_up("/nowhere/python", venv)
    assert result.returncode == 0
    assert result.stderr == ""


@pytest.mark.parametrize(
    "locked", ["requirements.txt", "requirements-dev.txt", "requirements-agents.txt", "bench/requirements-bench.txt"]
)
def test_requirements_are_pinned_with_hashes_and_name_no_registry(locked: str) -> None:
    text = (ROOT / locked).read_text()
    packages = re.findall(r"^[A-Za-z0-9].*", text, re.MULTILINE)
    assert packages
    assert all("==" in package and package.endswith("\\") for package in packages)
    assert "--index-url" not in text
    assert "://" not in text

"""The log: both formats, no secrets, one line an event."""

import json
import logging

import pytest

from bot import logs


@pytest.fixture
def logged(capsys):
    """Log something with the format set up; what stderr got. The tests' own logging comes back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def write(log_format: str, message: str, *args: object, exc_info: object = None, **extra: object) -> str:
        logs.set_up(log_format)
        logging.getLogger("bot.test").warning(message, *args, exc_info=exc_info, extra=extra)
        return capsys.readouterr().err

    yield write
    root.handlers[:] = before
    root.setLevel(level)


def test_json_lines(logged):
    line = json.loads(logged("json", "case %s", "c1", command="help"))
    assert (line["event"], line["command"], line["level"], line["logger"]) == ("case c1", "help", "warning", "bot.test")


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_secrets_are_dropped(logged, log_format):
    line = logged(
        log_format,
        "sent Authorization: Bearer eyJhbGciOi.x.y",
        Authorization="abc",
        app_password="hush",
        access_token="t0k",
    )
    assert not any(secret in line for secret in ("eyJ", "abc", "hush", "t0k"))


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_what_people_type_makes_no_second_line(logged, log_format):
    line = logged(log_format, "typed: %s", "a\nERROR forged\r\x1b[31m\u2028b", command="x\ny")
    assert len(line.splitlines()) == 1
    assert "\x1b[31m" not in line


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_an_error_s_words_cannot_begin_a_line_of_the_log(logged, log_format):
    forged = "2026-11-23T10:00:00Z [error] forged"
    try:
        raise ValueError(f"typed\n{forged}\r{forged}\u2028{forged}\x1b[31m\u202e")
    except ValueError as error:
        raised = error
    text = logged(log_format, "failed", exc_info=raised)
    assert not any(line.startswith("2026-11-23T10:00:00Z") for line in text.splitlines())
    assert "ValueError" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_marks_that_turn_the_line_around_are_written_out(logged):
    assert "\\u202e" in logged("console", "name %s", "\u202egnp.exe")


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_lists_and_mappings_are_one_line_too(logged, log_format):
    line = logged(log_format, "typed", names=["a\nERROR forged", {"b\u2028": "c\r"}])
    assert len(line.splitlines()) == 1

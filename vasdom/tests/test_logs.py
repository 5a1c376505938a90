"""What the log must not say."""

from __future__ import annotations

import logging

from vasdom.logs import MaskingFormatter


def line(message: str, *arguments: object, error: Exception | None = None) -> str:
    information = None if error is None else (type(error), error, None)
    record = logging.LogRecord("test", logging.INFO, __file__, 1, message, arguments, information)
    return MaskingFormatter("%(message)s", ["madeupwebhookcode"]).format(record)


def test_a_secret_is_masked_in_messages_arguments_and_tracebacks() -> None:
    assert (
        line("asked %s", "https://portal.example/rest/1/madeupwebhookcode/")
        == "asked https://portal.example/rest/1/***/"
    )
    assert "madeup" not in line("failed", error=ValueError("no route to madeupwebhookcode"))


def test_a_phone_number_is_masked_and_an_identifier_is_not() -> None:
    assert line("from +70000000001 to 8 (000) 000-00-02") == "from *** to ***"
    assert line("deal 80000000001, took 1700000000123 ns") == "deal 80000000001, took 1700000000123 ns"


def test_a_formatter_without_secrets_masks_phones_only() -> None:
    record = logging.LogRecord("test", logging.INFO, __file__, 1, "+70000000001 x", (), None)
    assert MaskingFormatter("%(message)s").format(record) == "*** x"

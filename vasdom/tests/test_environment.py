"""What the environment may say, and how a mistake in it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vasdom.env import DEFAULTS, ROOT, VARIABLES, Environment, read_dotenv
from vasdom.errors import Misconfigured


def test_the_example_file_lists_every_variable_with_its_default_and_effect() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^# (.+)\n(\w+)=(.*)$", text, re.MULTILINE)
    assert listed == [(variable.effect, variable.name, variable.default) for variable in VARIABLES]


def test_the_settings_ask_for_declared_variables_only_and_for_all_of_them() -> None:
    sources = [(ROOT / "vasdom" / name).read_text(encoding="utf-8") for name in ("settings.py", "connections.py")]
    asked = set(re.findall(r'\benv\.\w+\(\s*"(\w+)"', "\n".join(sources), re.IGNORECASE))
    assert asked == set(DEFAULTS)


def test_a_blank_value_means_the_default() -> None:
    assert Environment({"PORT": "  "}).integer("PORT", 1, 65535) == 8000


def test_a_dotenv_file_takes_comments_quotes_and_export(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("\ufeff# имя\nexport HOST='0.0.0.0'\nPORT = 9000\nSECRET_KEY=\"a=b#c\"\nмусор\n", encoding="utf-8")
    assert read_dotenv(path) == {"HOST": "0.0.0.0", "PORT": "9000", "SECRET_KEY": "a=b#c"}


def test_a_dotenv_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes("HOST=хост".encode("cp1251"))
    with pytest.raises(Misconfigured, match="UTF-8"):
        read_dotenv(path)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("PORT", "0", lambda env: env.integer("PORT", 1, 65535)),
        ("PORT", "８０", lambda env: env.integer("PORT", 1, 65535)),
        ("DEBUG", "maybe", lambda env: env.flag("DEBUG")),
        ("TIME_ZONE", "../etc/passwd", lambda env: env.zone("TIME_ZONE")),
        ("LOG_LEVEL", "loud", lambda env: env.choice("LOG_LEVEL", ("INFO",))),
        ("SITE_URL", "office.example", lambda env: env.url("SITE_URL", ("https",), "…")),
        ("SITE_URL", "https://office.example:99999", lambda env: env.url("SITE_URL", ("https",), "…")),
        ("SITE_URL", "https://office.example/app", lambda env: env.url("SITE_URL", ("https",), "…", path="/?")),
        ("ALLOWED_HOSTS", "https://office.example", lambda env: env.hosts("ALLOWED_HOSTS")),
        ("CORS_ORIGINS", "*", lambda env: env.origins("CORS_ORIGINS")),
        ("CORS_ORIGINS", "https://a.example/page", lambda env: env.origins("CORS_ORIGINS")),
        ("SECRET_KEY", "short", lambda env: env.secret("SECRET_KEY", 50)),
        ("YANDEX_STT_ENDPOINT", "stt.example", lambda env: env.endpoint("YANDEX_STT_ENDPOINT")),
        ("YANDEX_STT_ENDPOINT", "https://stt.example:443", lambda env: env.endpoint("YANDEX_STT_ENDPOINT")),
        ("YANDEX_STT_ENDPOINT", "grpc://stt.example:443", lambda env: env.endpoint("YANDEX_STT_ENDPOINT")),
        ("YANDEX_TTS_ENDPOINT", "127.0.0.1:99999", lambda env: env.endpoint("YANDEX_TTS_ENDPOINT")),
        ("VAR_DIR", "/dev/null/var", lambda env: env.folder("VAR_DIR")),
    ],
)
def test_a_wrong_value_names_its_variable_and_never_repeats_it(name: str, value: str, read) -> None:
    with pytest.raises(Misconfigured) as caught:
        read(Environment({name: value}))
    assert caught.value.field == name
    assert name in caught.value.message
    assert value not in caught.value.message or value == "*"


def test_names_of_the_originals_are_told_what_replaced_them() -> None:
    env = Environment({"EMERGENT_LLM_KEY": "x", "REACT_APP_BACKEND_URL": "y", "DB_PATH": "", "OPEN_AI_KEY": "z"})
    first, second = env.retired()
    assert "EMERGENT_LLM_KEY" in first
    assert "OPENAI_API_KEY" in first
    assert "REACT_APP_BACKEND_URL" in second


def test_the_masked_pieces_hold_codes_and_passwords_but_no_ordinary_words() -> None:
    env = Environment(
        {
            "BITRIX24_WEBHOOK_URL": "https://portal.example/rest/1/madeupwebhookcode/",
            "DATABASE_URL": "postgresql://postgresql:password%401@database/base",
            "API_SECRET_KEY": "first-secret, second-secret",
        }
    )
    pieces = set(env.secrets())
    assert {"madeupwebhookcode", "password@1", "password%401", "first-secret", "second-secret"} <= pieces
    assert not {"postgresql", "portal.example", "database", "base", "rest"} & pieces

"""Every check of `make check` sees what it is there for."""

from __future__ import annotations

import gettext
import io
import subprocess
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import models

from vasdom.checks import (
    card_packages,
    code_style,
    dependencies,
    deployment,
    foreign_keys,
    layers,
    migrations,
    secret_scan,
    static_types,
    template_syntax,
    top_level,
    translations,
)
from vasdom.checks.usage import names_in
from vasdom.env import ROOT


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git repository in which a test may put anything."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_code_style_sees_an_unused_import_and_a_wrong_layout(tmp_path: Path) -> None:
    write(tmp_path / "module.py", "import os\nx = {  }\n")
    problems = "\n".join(code_style.check(tmp_path))
    assert "F401" in problems
    assert "unformatted" in problems


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "sk-" + "a1b2c3d4e5f6g7h8i9j0k1",
        "1234567890:AA" + "x" * 33,
        "https://portal.example/rest/1/" + "a1b2c3d4e5f6g7h8/",
        "postgresql://vasdom:" + "hunter22@db/base",
        "+7 912 " + "348-61-95",
        "8(495)" + "1234567".replace("7", "8"),
        "--index-" + "url https://mirror.example/simple",
    ],
)
def test_the_secret_scan_sees(repository: Path, secret: str) -> None:
    write(repository / "notes.md", f"text\n{secret}\n")
    (problem,) = secret_scan.check(repository)
    assert problem.startswith("notes.md:2: ")
    assert secret not in problem


@pytest.mark.parametrize(
    "innocent",
    ["+70000000001", "+7 (999) 999-99-99", "postgresql://user:password@host/base", "/rest/1/twin/", "80000000001"],
)
def test_the_secret_scan_lets_pass(repository: Path, innocent: str) -> None:
    write(repository / "notes.md", innocent)
    assert secret_scan.check(repository) == []


def test_the_top_level_has_to_match_the_map(repository: Path) -> None:
    write(repository / "docs/architecture.md", "```tree\ndocs/   this\ngone/   that\n```\n")
    write(repository / "loose_script.py", "")
    assert top_level.check(repository) == [
        "loose_script.py: not described in docs/architecture.md",
        "gone: described in docs/architecture.md, but absent",
    ]


def test_a_package_counts_as_used_when_imported_or_named_in_settings() -> None:
    source = 'import a.b\nfrom c.d import e\nAPPS = ["f.apps.F", "just text"]\nfrom . import g\n'
    assert names_in(source) == {"a", "c", "f"}


def test_an_unused_package_of_the_card_is_named(repository: Path) -> None:
    write(
        repository / "houses/views.py",
        "import django, rest_framework, channels, daphne, celery, psycopg, pgvector, openai, langchain, requests\n",
    )
    problems = card_packages.check(repository)
    assert {problem.partition(":")[0] for problem in problems} == {
        "django-celery-beat",
        "django-cors-headers",
        "aioari",
    }


def test_an_unused_and_an_unknown_dependency_are_named(repository: Path) -> None:
    write(repository / "requirements.in", "# web\nDjango==5.2\nleft-pad==1\nredis\n")
    write(repository / "houses/views.py", "import django\n")
    assert dependencies.check(repository) == [
        "left-pad: say in vasdom/checks/dependencies.py what it is imported as",
        "redis: production code does not use redis",
    ]


def test_an_import_that_points_up_is_seen(tmp_path: Path) -> None:
    for package in ("vasdom", "houses", "tasks", "calls", "meetings"):
        write(tmp_path / package / "__init__.py", "")
    for module in layers.BASE:
        write(tmp_path / f"{module.replace('.', '/')}.py", "")
    write(tmp_path / "vasdom/urls.py", "import houses\n")
    write(tmp_path / "houses/models.py", "import vasdom.errors\n")
    write(tmp_path / "houses/tests/__init__.py", "")
    write(tmp_path / "houses/tests/test_x.py", "import tasks\n")
    assert layers.check(tmp_path) == []
    write(tmp_path / "houses/views.py", "import tasks\n")
    write(tmp_path / "calls/views.py", "import meetings\n")
    write(tmp_path / "tasks/views.py", "import vasdom.urls\n")
    problems = "\n".join(layers.check(tmp_path))
    assert "houses.views -> tasks" in problems
    assert "calls.views -> meetings" in problems
    assert "tasks.views -> vasdom.urls" in problems


def test_the_voice_engine_has_to_stay_pure(tmp_path: Path) -> None:
    for package in ("vasdom", "houses", "voice", "voice/engine", "providers", "providers/openai"):
        write(tmp_path / package / "__init__.py", "")
    for module in (*layers.BASE, "voice.models", "providers.speech"):
        write(tmp_path / f"{module.replace('.', '/')}.py", "")
    write(tmp_path / "voice/engine/session.py", "import providers.speech\n")
    assert layers.check(tmp_path) == []
    write(tmp_path / "voice/engine/bad.py", "import django, voice.models, providers.openai, houses\n")
    write(tmp_path / "providers/bad.py", "from django.db import models\n")
    problems = "\n".join(layers.check(tmp_path))
    for arrow in ("-> django", "-> voice.models", "-> providers.openai", "-> houses", "providers.bad -> django"):
        assert arrow in problems


def test_a_foreign_key_that_points_up_is_seen() -> None:
    class Upper(models.Model):
        group = models.ForeignKey(Group, on_delete=models.CASCADE)

        class Meta:
            app_label = "tasks"
            managed = False
            apps = _Registry()

    class Lower(models.Model):
        upper = models.ForeignKey(Upper, on_delete=models.CASCADE)

        class Meta:
            app_label = "houses"
            managed = False
            apps = Upper._meta.apps

    assert foreign_keys.check([Upper]) == []
    assert foreign_keys.check([Lower]) == ["houses.Lower.upper points up, or aside, to tasks.Upper"]


def _Registry() -> object:
    from django.apps.registry import Apps

    return Apps()


def test_a_model_without_its_migration_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from houses.models import House

    assert migrations.check() == []
    field = House._meta.get_field("address")
    monkeypatch.setattr(field, "db_comment", "not in any migration")
    assert any("house" in line.lower() for line in migrations.check())


def test_a_template_that_does_not_parse_and_a_missing_file_are_seen(repository: Path) -> None:
    write(repository / "templates/a.html", "{% load static %}{% static 'absent.css' %}")
    write(repository / "templates/b.html", "{% if %}")
    problems = template_syntax.check(repository)
    assert problems[0] == "templates/a.html: no static file absent.css"
    assert problems[1].startswith("templates/b.html: ")


CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgctxt "month"
msgid "May"
msgstr "Май"

#, fuzzy
msgid "Guess"
msgstr "Догадка"

msgid "%(count)s row"
msgid_plural "%(count)s rows"
msgstr[0] "%(count)s строка"
msgstr[1] "%(count)s "
"строк"
"""


def test_a_catalogue_has_to_be_compiled_and_keep_its_placeholders(repository: Path) -> None:
    source = repository / "locale/ru/LC_MESSAGES/django.po"
    write(source, CATALOGUE)
    assert len(translations.check(repository)) == 1
    translations.compile_all(repository)
    assert translations.check(repository) == []
    write(source, CATALOGUE.replace("%(count)s строка", "%(number)s строка"))
    assert any("%(number)s" in problem for problem in translations.check(repository))


def test_the_compiled_catalogue_is_what_gettext_reads() -> None:
    compiled = translations.compile_catalogue(list(translations.parse(CATALOGUE)))
    catalogue = gettext.GNUTranslations(io.BytesIO(compiled))
    assert catalogue.pgettext("month", "May") == "Май"
    assert catalogue.ngettext("%(count)s row", "%(count)s rows", 5) == "%(count)s строк"
    assert catalogue.gettext("Guess") == "Guess"


def test_a_deployment_with_debug_on_is_seen() -> None:
    problems = "\n".join(deployment.check({**deployment.PRODUCTION, "DEBUG": "1"}))
    assert "security.W018" in problems


def test_a_wrong_type_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    write(module, "def size(name):\n    return len(name)\n")
    assert any("no-untyped-def" in problem for problem in static_types.check(module))


def test_the_project_itself_keeps_its_layers_and_foreign_keys() -> None:
    assert layers.check(ROOT) == []
    assert foreign_keys.check() == []

"""import-linter: arrows between packages only point down (docs/architecture.md)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from vasdom.checks.sources import LAYERS, first_party_packages, run_tool
from vasdom.env import ROOT

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
# The modules of `vasdom` that every package may use; they import nothing of the project but each other.
BASE = (
    "vasdom.errors",
    "vasdom.env",
    "vasdom.planned",
    "vasdom.processes",
    "vasdom.interpreter",
    "vasdom.logs",
)
FRAMEWORKS = ("django", "rest_framework", "celery", "channels", "unfold")
# All that the voice engine may know of the world outside itself.
ENGINE_MAY_USE = ("providers.speech", "providers.llm", "providers.errors")
VENDORS = ("openai", "langchain", "langchain_core", "langchain_openai", "aioari", "aiohttp", "grpc", "yandex")


def check(root: Path = ROOT) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "contracts.ini"
        config.write_text(contracts(root), encoding="utf-8")
        arguments = ("--config", str(config), "--no-cache", "--no-logo")
        return run_tool("-c", LINT_IMPORTS, *arguments, env={"PYTHONPATH": str(root)}, cwd=root)


def contracts(root: Path = ROOT) -> str:
    """The configuration for the packages that exist now; a package joins its contract with its first module."""
    present = first_party_packages(root)
    sections = [
        _section("importlinter", root_packages=present, include_external_packages=["True"]),
        _section(
            "importlinter:contract:layers",
            name=["Imports only point down"],
            type=["layers"],
            layers=["vasdom", *(" | ".join(row) for layer in LAYERS if (row := [p for p in layer if p in present]))],
            ignore_imports=[*_from_anywhere(present, BASE), *_from_tests(present)],
            unmatched_ignore_imports_alerting=["none"],
        ),
        _forbidden("base", "The base knows nothing of the project", list(BASE), [p for p in present if p != "vasdom"]),
    ]
    if "providers" in present:
        sections.append(_forbidden("providers", "Providers are plain Python", ["providers"], list(FRAMEWORKS)))
    if (root / "voice" / "engine" / "__init__.py").is_file():
        strangers = [p for p in present if p not in {"voice", "providers"}]
        outside = [
            *(f"voice.{path.stem}" for path in sorted((root / "voice").glob("*")) if _is_module(path, "engine")),
            *(f"providers.{path.stem}" for path in sorted((root / "providers").glob("*")) if _is_module(path)),
        ]
        wanted = [name for name in [*strangers, *outside, *FRAMEWORKS, *VENDORS] if name not in ENGINE_MAY_USE]
        sections.append(_forbidden("engine", "The voice engine is pure asyncio", ["voice.engine"], wanted))
    return "\n".join(sections)


def _from_anywhere(packages: list[str], modules: tuple[str, ...]) -> list[str]:
    return [f"{source} -> {module}" for package in packages for module in modules for source in _with_below(package)]


def _from_tests(packages: list[str]) -> list[str]:
    """A test may set up what its package may not know."""
    tests = [f"{package}{middle}.tests.**" for package in packages for middle in ("", ".*")]
    return [f"{test} -> {target}" for test in tests for package in packages for target in _with_below(package)]


def _with_below(package: str) -> tuple[str, str]:
    """import-linter's wildcard leaves the package itself out."""
    return package, f"{package}.**"


def _is_module(path: Path, *but: str) -> bool:
    return path.stem not in {*but, "__init__", "tests"} and (path.suffix == ".py" or (path / "__init__.py").is_file())


def _forbidden(key: str, name: str, sources: list[str], forbidden: list[str]) -> str:
    return _section(
        f"importlinter:contract:{key}",
        name=[name],
        type=["forbidden"],
        source_modules=sources,
        forbidden_modules=forbidden,
        allow_indirect_imports=["True"],
        ignore_imports=[
            f"{source}.tests.** -> {target}" for source in sources for name in forbidden for target in _with_below(name)
        ],
        unmatched_ignore_imports_alerting=["none"],
    )


def _section(title: str, **values: list[str]) -> str:
    lines = [f"[{title}]"]
    for key, items in values.items():
        lines += [f"{key} = {items[0]}"] if len(items) == 1 else [f"{key} =", *(f"    {item}" for item in items)]
    return "\n".join([*lines, ""])

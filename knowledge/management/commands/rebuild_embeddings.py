"""Build the index by hand: the same action as the job."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.index import rebuild_all
from knowledge.models import IndexBuild, KnowledgeBase


class Command(BaseCommand):
    help = "Перестраивает индекс баз знаний: фрагменты и, если подключена модель, векторы."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base", action="append", help="код базы, например general; без него — все базы")
        parser.add_argument("--changed", action="store_true", help="только базы, в которых что-то изменилось")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["base"]
        unknown = set(wanted or ()) - set(KnowledgeBase.objects.values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"Нет такой базы: {', '.join(sorted(unknown))}.")
        for done in rebuild_all(wanted, force=not options["changed"]):
            self.stdout.write(self.sentence(done.base, done.builds, done.busy, done.error))

    def sentence(self, base: str, builds: tuple[int, ...], busy: bool, error: str) -> str:
        if busy and not builds:
            return f"{base}: индекс уже строит другой процесс."
        if not builds:
            return f"{base}: изменений нет."
        build = IndexBuild.objects.get(pk=builds[-1])
        vectors = (
            f"векторы: новых {build.embedded}, прежних {build.reused}" if build.embedding_model else "без векторов"
        )
        warning = f" Внимание: {error}" if error else ""
        return f"{base}: фрагментов {build.passages}, новых {build.added}, убрано {build.removed}; {vectors}.{warning}"

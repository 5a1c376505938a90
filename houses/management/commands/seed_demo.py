"""Fill an empty installation with demo data."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from houses.demo.seed import seed_demo
from vasdom.errors import VasdomError


class Command(BaseCommand):
    help = "Создаёт демо-данные: дома, графики, бригады, отчёты и фотографии. Только в пустой базе."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.BITRIX24_WEBHOOK_URL:
            raise CommandError("Задан BITRIX24_WEBHOOK_URL: с настоящим порталом демо-данные не создаются.")
        try:
            houses = seed_demo()
        except VasdomError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Создано демо: домов — {houses}. Убрать: manage.py remove_demo --yes")

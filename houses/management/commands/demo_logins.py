"""Show who can sign in to the demo."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from houses.demo.logins import demo_logins


class Command(BaseCommand):
    help = "Печатает логины и пароли демо по ролям; только там, где сайт не открыт наружу."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SITE_URL:
            raise CommandError("Задан SITE_URL: на рабочем сайте пароли демо не показываются.")
        usernames = set(get_user_model()._default_manager.values_list("username", flat=True))
        logins = [login for login in demo_logins() if login.username in usernames]
        if not logins:
            raise CommandError("Демо-логинов нет: демо не создавалось или убрано.")
        for login in logins:
            self.stdout.write(f"{login.role.label:<10} {login.username:<16} {login.password}")

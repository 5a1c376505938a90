from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VasdomConfig(AppConfig):
    name = "vasdom"
    verbose_name = "Система"

    def ready(self) -> None:
        from houses.access import setup_roles

        # Every application's turn, because the permissions of the last ones exist only after theirs.
        post_migrate.connect(setup_roles, dispatch_uid="vasdom.roles")

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class VasdomConfig(AppConfig):
    name = "vasdom"
    verbose_name = "Система"

    def ready(self) -> None:
        from houses.access import setup_roles
        from vasdom import (
            audit,
            celery,  # noqa: F401 -- without the application a job would be sent to a broker of its own
            knowledge_demo,
        )

        audit.register()
        knowledge_demo.connect()
        # After the last application, when the permissions of all of them exist.
        post_migrate.connect(setup_roles, sender=[*apps.get_app_configs()][-1], dispatch_uid="vasdom.roles")

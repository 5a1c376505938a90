from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Обучение"

    def ready(self) -> None:
        from knowledge import audit
        from knowledge.access import setup_roles

        audit.register()
        # After the last application, when the permissions of all of them exist.
        post_migrate.connect(setup_roles, sender=[*apps.get_app_configs()][-1], dispatch_uid="knowledge.roles")

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = "Звонки"

    def ready(self) -> None:
        from calls import access, audit, demo
        from houses.signals import demo_removing, demo_seeded

        audit.register()
        post_migrate.connect(access.setup_roles, sender=self, dispatch_uid="calls.roles")
        demo_seeded.connect(demo.seed, dispatch_uid="calls.demo")
        demo_removing.connect(demo.remove, dispatch_uid="calls.demo")

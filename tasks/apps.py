from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Задачи"

    def ready(self) -> None:
        from houses.signals import demo_removing, demo_seeded
        from tasks import access, audit, demo

        audit.register()
        post_migrate.connect(access.setup_roles, sender=self, dispatch_uid="tasks.roles")
        demo_seeded.connect(demo.seed, dispatch_uid="tasks.demo")
        demo_removing.connect(demo.remove, dispatch_uid="tasks.demo")

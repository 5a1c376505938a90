from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class VoiceConfig(AppConfig):
    name = "voice"
    verbose_name = "Помощник"

    def ready(self) -> None:
        from knowledge import exam
        from voice import access, audit, brain
        from voice.learning import following

        audit.register()
        following.connect()
        exam.use(brain.model_of_documents)
        # After the last application, when the permissions of all of them exist.
        post_migrate.connect(access.setup_roles, sender=[*apps.get_app_configs()][-1], dispatch_uid="voice.roles")

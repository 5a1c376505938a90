from django.apps import AppConfig


class HousesConfig(AppConfig):
    name = "houses"
    verbose_name = "Дома и уборки"

    def ready(self) -> None:
        from houses import audit

        audit.register()

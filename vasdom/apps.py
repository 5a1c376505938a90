from django.apps import AppConfig


class VasdomConfig(AppConfig):
    name = "vasdom"
    verbose_name = "Система"

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Settings and people"

    def ready(self) -> None:
        from tenants import checks  # noqa: F401 - registers them

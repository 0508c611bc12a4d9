from django.apps import AppConfig


class DeskmetryConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Tasks sent from any process go to our broker."""
        from config import celery  # noqa: F401

"""One row in every table of a tenant, each text of which carries a mark."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django_tenants.utils import app_labels

from insights.topics.vectors import packed

Made = dict[type[models.Model], models.Model]
EPOCH = date(2026, 3, 2)
NO_WORDS = packed(columns=np.empty(0, np.int32), weights=np.empty(0, np.float32), rarest=1)
_numbers = count(70_001)


def tenant_models() -> list[type[models.Model]]:
    """Every model whose table each tenant has, the tables between two models included."""
    labels = set(app_labels(settings.TENANT_APPS))
    known = apps.get_models(include_auto_created=True)
    return [model for model in known if model._meta.app_label in labels and not model._meta.proxy]


def fill(mark: str) -> Made:
    """In the current tenant."""
    made: Made = {}
    for model in tenant_models():
        _make(model, mark, made)
    return made


def _make(model: type[models.Model], mark: str, made: Made) -> models.Model:
    if model not in made:
        made[model] = _saved(model, dict(_values(model, mark, made)))
    return made[model]


def _saved(model: type[models.Model], values: dict[str, Any]) -> models.Model:
    if any(isinstance(rule, models.CheckConstraint) for rule in model._meta.constraints):
        return model._default_manager.update_or_create(id=1, defaults=values)[0]  # its only row
    return model._default_manager.create(**values)


def _values(model: type[models.Model], mark: str, made: Made) -> Iterator[tuple[str, Any]]:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField | models.GeneratedField):
            continue
        if field.related_model is model and field.null:
            continue
        if isinstance(field, models.ForeignKey):
            yield field.name, _target(field, mark, made)
        elif isinstance(field, models.CharField | models.TextField) and not _is_given(field):
            yield field.name, _text(field, mark)
        elif not (_is_given(field) or field.null or getattr(field, "auto_now_add", False)):
            yield field.name, _value(field)


def _is_given(field: "models.Field[Any, Any]") -> bool:
    return field.has_default() or field.has_db_default()


def _target(field: "models.ForeignKey[Any, Any]", mark: str, made: Made) -> models.Model:
    if field.related_model is ContentType:
        return ContentType.objects.get_for_model(ContentType)
    return _make(field.related_model, mark, made)


def _text(field: "models.Field[Any, Any]", mark: str) -> str:
    if field.choices:
        return str(field.flatchoices[0][0])
    return f"{mark}{next(_numbers)}"[: field.max_length]


def _value(field: "models.Field[Any, Any]") -> Any:
    number = next(_numbers)
    if isinstance(field, models.DateTimeField):
        return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=number)
    if isinstance(field, models.DateField):
        return EPOCH - timedelta(days=number % 300)
    if isinstance(field, models.BinaryField):
        return NO_WORDS if field.model._meta.app_label == "insights" else b""
    if isinstance(field, models.DecimalField):
        return number % 10 ** min(3, field.max_digits - field.decimal_places)
    return False if isinstance(field, models.BooleanField) else number % 1000 + 1

"""What a client may ask for: declared, typed query parameters. Anything else is refused, not ignored."""

import re
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
BIGGEST = 2**63 - 1
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Whole(serializers.IntegerField):
    """A whole number in plain digits."""

    default_error_messages = {"invalid": "write a whole number."}

    def to_internal_value(self, data: Any) -> int:
        if not WHOLE_NUMBER.fullmatch(str(data)):
            self.fail("invalid")
        return int(data)


class Id(Whole):
    """An identifier of the ticket desk."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, min_value=-BIGGEST, max_value=BIGGEST, **options)


@extend_schema_field(OpenApiTypes.BOOL)
class YesNo(serializers.Field):  # type: ignore[type-arg]
    default_error_messages = {"invalid": "write true or false."}

    def to_internal_value(self, data: str) -> bool:
        if data not in ("true", "false"):
            self.fail("invalid")
        return data == "true"


@extend_schema_field(OpenApiTypes.DATE)
class Day(serializers.Field):  # type: ignore[type-arg]
    default_error_messages = {"invalid": "write an existing day as YYYY-MM-DD, such as 2026-03-01."}

    def to_internal_value(self, data: str) -> date:
        try:
            return date.fromisoformat(data if ISO_DAY.fullmatch(data) else "")
        except ValueError:
            self.fail("invalid")


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field):  # type: ignore[type-arg]
    default_error_messages = {
        "invalid": "write a moment with its offset, such as 2026-03-01T09:30:00Z (a + is written %2B here)."
    }

    def to_internal_value(self, data: str) -> datetime:
        try:
            moment = parse_datetime(data)
        except ValueError:
            moment = None
        if moment is None or is_naive(moment):
            self.fail("invalid")
        return _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    """PostgreSQL knows fewer offsets than Python does; at the ends of time there is no UTC for some."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return (datetime.min if moment.year == 1 else datetime.max).replace(tzinfo=UTC)


class Text(serializers.CharField):
    """Compared exactly, the case included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, trim_whitespace=False, max_length=200, **options)


class Parameters(serializers.Serializer[Any]):
    """None."""


class Query(Parameters):
    """What every list takes."""

    page_size = Whole(
        default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE, help_text="How many rows a page has."
    )
    cursor = serializers.CharField(
        required=False,
        max_length=500,
        help_text="Where the next page begins; taken from `next`, never made up.",
    )


class PeriodQuery(Query):
    from_date = Day(required=False, help_text="The first day, in the tenant's time zone.")
    to_date = Day(required=False, help_text="The last day, which is included.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from_date" in attrs and "to_date" in attrs and attrs["from_date"] > attrs["to_date"]:
            raise serializers.ValidationError({"to_date": ["to_date lies before from_date."]})
        return attrs


def read(query_class: type[Parameters], given: QueryDict) -> dict[str, Any]:
    """The validated parameters; raises a ValidationError that names each problem."""
    query = query_class(data=given.dict())
    known = list(query.fields)
    problems = {name: [problem] for name in given if (problem := _problem(name, given, known))}
    if problems:
        raise serializers.ValidationError(problems)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _problem(name: str, given: QueryDict, known: list[str]) -> str | None:
    if name not in known:
        return _unknown(name, known)
    if len(given.getlist(name)) > 1:
        return "give it once."
    return None


def _unknown(name: str, known: list[str]) -> str:
    name = name[:100]
    if close := get_close_matches(name, known, n=1, cutoff=0.7):
        return f'unknown filter "{name}", did you mean "{close[0]}"?'
    return f'unknown filter "{name}"; known here: {", ".join(known) or "none"}.'

"""What every row function keeps to, tried on each record that a first sync brings."""

from copy import deepcopy

import msgspec
import pytest
from django.db import models

from connectors import archive
from connectors.models import PageArchive, RawTicketEvent

from .contract import streams

OURS = {"id", "source_id", "external_id", "row_hash", "synced_at", "deleted_at"}


@pytest.fixture
def records(site_of):
    """By stream, the vendor's records as they were archived."""
    site = site_of("north")
    site.sync()
    found = {}
    for page in site.all(PageArchive):
        found.setdefault(page.stream, []).extend(
            [msgspec.json.decode(record) for record in archive.page_of(page).records]
        )
    return found


@pytest.fixture
def row_streams(harness):
    """All but history, whose lines are no rows of the vendor's."""
    return [stream for stream in streams(harness.slug) if stream.table is not RawTicketEvent]


def test_a_row_is_the_same_each_time_and_its_record_is_left_alone(row_streams, records):
    for stream in row_streams:
        for record in records[stream.name]:
            before = deepcopy(record)
            assert stream.row(record) == stream.row(record)
            assert record == before


def test_the_keys_of_a_streams_rows_are_constant(row_streams, records):
    for stream in row_streams:
        assert len({tuple(stream.row(record)) for record in records[stream.name]}) == 1, stream.name


def test_a_record_without_its_optional_fields_has_the_same_keys(row_streams, records):
    for stream in row_streams:
        full = records[stream.name][0]
        for missing in full:
            try:
                row = stream.row({name: value for name, value in full.items() if name != missing})
            except Exception:
                continue
            assert list(row) == list(stream.row(full)), (stream.name, missing)


def test_rows_fill_real_columns_and_all_that_must_be_filled(row_streams, records):
    for stream in row_streams:
        keys = set(stream.row(records[stream.name][0])) | set(stream.fixed) | {stream.parent_column} - {""}
        fields = {field.column: field for field in stream.table._meta.concrete_fields}
        assert keys <= set(fields) - OURS, stream.name
        assert {name for name, field in fields.items() if _must_be_filled(field)} - OURS <= keys, stream.name


def _must_be_filled(field):
    has_default = field.db_default is not models.NOT_PROVIDED
    return not (field.null or has_default or field.primary_key or field.generated)


def test_streams_are_consistent(harness):
    names = [stream.name for stream in streams(harness.slug)]
    assert len(set(names)) == len(names)
    for number, stream in enumerate(streams(harness.slug)):
        assert not stream.parent or stream.parent in names[:number], "parents come first"
        assert not (stream.parent and stream.cursor)
        assert bool(stream.parent) == ("{parent}" in stream.path)

"""JSON as BI tools like it, quickly: figures are numbers and not strings, with every decimal kept."""

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework.renderers import BaseRenderer

ENCODE = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class FiguresRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        _accepted_media_type: str | None = None,
        _renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else ENCODE(data)

"""Log lines with fields, and the one place that masks secrets before anything is written."""

import logging
import re
from typing import Any

import structlog

MASK = "***"
SECRET_FIELD = re.compile(
    r"(password|secret|token|private_?key|authorization|credential|api_?key)", re.IGNORECASE
)
SECRET_IN_TEXT = re.compile(
    r"(Authorization:?\s*(?:Basic|Bearer)\s+|Basic\s+(?=[A-Za-z0-9+/]{16})|Bearer\s+|dm_(?=[A-Za-z0-9_-]{20})|://[^/\s:@]+:(?=[^/\s@]+@))"
    r"[^\s'\"@,;]+",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    return SECRET_IN_TEXT.sub(lambda match: match.group(1) + MASK, text)


def mask_event(_logger: Any, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for name, value in event.items():
        if SECRET_FIELD.search(name):
            event[name] = MASK
        elif isinstance(value, str):
            event[name] = mask(value)
    return event


SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Plain tracebacks: pretty ones show local variables, and with them secrets.
    structlog.processors.format_exc_info,
]


def configure() -> None:
    """Our own log lines go where everybody else's go."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            mask_event,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"], bool_as_flag=False
            ),
        ],
    )

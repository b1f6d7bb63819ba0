"""Structured logs: one line an event, without local variables, driver details or anything that a customer wrote."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Names of log attributes that may carry a value of a row or a request.
_LOUD = {"args", "params", "sql", "request", "duration", "alias", "exc_text", "server_time"}


def configure(options: dict[str, Any]) -> None:
    """Called by Django with `LOGGING`: `level` and `format` ("json" or "text")."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    renderer = structlog.processors.JSONRenderer() if options["format"] == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options["level"].upper())
    for noisy in ("django.db.backends", "httpx", "httpx2", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and place: its message may quote a row, its frames hold locals."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["trace"] = _places(error)
    for name in _LOUD:
        event.pop(name, None)
    return event


def _places(error: BaseException) -> list[str]:
    places = []
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/src/')[2]}:{frame.tb_lineno} {code.co_name}")
        frame = frame.tb_next
    return places[-12:]

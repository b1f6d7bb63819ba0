"""Traces, when a collector is set: one span a request and a job, with ids and never with values."""

from opentelemetry import trace


def is_on() -> bool:
    """Whether spans go anywhere. Without a collector even an empty span costs a page more than its headers do."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def configure(endpoint: str) -> None:
    """Send spans to `endpoint` (OTLP over HTTP, `/v1/traces` is appended); nothing when it is empty. Once a process.

    What sends them is loaded only then: it takes a third of a second.
    """
    if not endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "auctor"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)

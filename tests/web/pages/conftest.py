"""Pages of the log need a sealer: the one of its own tests."""

from tests.audit.conftest import sealer

__all__ = ["sealer"]

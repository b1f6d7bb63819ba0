"""Analysts and read-only tokens read through a database role that cannot write."""

from typing import Any

from django.db import models

from auctor.tenancy import scope
from auctor.tenancy.rows import WorkspaceRow


class ReaderRouter:
    """Sends reads of a workspace's rows to the reader's connection when the actor may only read."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str | None:
        """The reader's connection for rows of a workspace; None leaves the choice to Django."""
        actor = scope.find_current()
        if actor is not None and actor.reads_only and reads_through_reader(model):
            return "reader"
        return None

    def allow_relation(self, _first: models.Model, _second: models.Model, **_hints: Any) -> bool:
        """Both aliases are the same database."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """Only the owner's connection migrates."""
        return db == "owner"


def reads_through_reader(model: type[models.Model]) -> bool:
    """Rows of the customer's data; what the product writes about people (sign-in, audit) is not among them."""
    return issubclass(model, WorkspaceRow) and model.read_by_reader

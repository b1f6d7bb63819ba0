"""Everything that a workspace has in the database, gone at once.

Whoever calls asked for permission and writes the entry.
"""

import psycopg
from django.apps import apps
from django.conf import settings
from psycopg import sql

from auctor.tenancy import context, roles
from auctor.tenancy.records import Actor
from auctor.tenancy.rows import WorkspaceRow


def delete_rows(actor: Actor) -> int:
    """Delete the rows of the actor's workspace in every table; returns their number.

    By the role that may delete and do nothing else, in a transaction of its own: some tables are closed to the running
    product. Foreign keys are checked at its end, so the order of the tables means nothing.
    """
    deleted = 0
    said = sql.Literal(context.sign(actor, settings.AUCTOR_CONTEXT_KEY))
    with psycopg.connect(roles.dsn(settings.AUCTOR_SERVER, "auctor_retention", settings.AUCTOR_DATA)) as connection:
        connection.execute(sql.SQL("SET LOCAL app.ctx = {}").format(said))
        for model in apps.get_models():
            if issubclass(model, WorkspaceRow):
                table = sql.Identifier(model._meta.db_table)
                words = sql.SQL("DELETE FROM {} WHERE workspace_id = %s").format(table)
                deleted += connection.execute(words, [actor.workspace_id]).rowcount
    return deleted

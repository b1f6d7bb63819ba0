"""Everything that a workspace has in the database, gone at once.

Whoever calls asked for permission and writes the entry.
"""

from uuid import UUID

from django.apps import apps
from django.db import connection
from psycopg import sql

from auctor.tenancy.rows import WorkspaceRow


def delete_rows(workspace_id: UUID) -> int:
    """Delete the workspace's rows of every table; returns their number. Its scope must have been entered.

    In one transaction: foreign keys are checked at its end, so the order of the tables means nothing.
    """
    deleted = 0
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, WorkspaceRow):
                table = sql.Identifier(model._meta.db_table)
                cursor.execute(sql.SQL("DELETE FROM {} WHERE workspace_id = %s").format(table), [workspace_id])
                deleted += cursor.rowcount
    return deleted

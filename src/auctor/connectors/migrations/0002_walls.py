"""The walls around connections; and around what opens them, which only the broker's role reads."""

from django.db import migrations

from auctor.tenancy.policy import NOT_A_MEMBER, WORKSPACE, ProtectTable

# Who may see of a secret no more than that it is there.
SECRETS = {
    "connectors_secret": ("INSERT, DELETE", "workspace_id, id, kind, kept_at"),
    "connectors_grant": ("", "workspace_id, id, state, version, obtained_at, due_at, expires_at"),
    "connectors_refresh": ("", "workspace_id, id, version, begun_at"),
}

BROKER = {
    "connectors_client": "SELECT",
    "connectors_connection": "SELECT, UPDATE",
    "connectors_attempt": "SELECT, UPDATE (used_at)",
    "connectors_secret": "SELECT, DELETE",
    "connectors_grant": "SELECT, INSERT, UPDATE, DELETE",
    "connectors_refresh": "SELECT, INSERT, UPDATE, DELETE",
}

# It records what it did in the same transaction, like everybody else; of the log it reads its own line back.
LOG = f"""
GRANT USAGE ON SCHEMA auctor, audit TO auctor_broker;
GRANT EXECUTE ON FUNCTION auctor.ctx_workspace() TO auctor_broker;
GRANT EXECUTE ON FUNCTION audit.uuid7() TO auctor_broker;
GRANT INSERT (workspace_id, body), SELECT (workspace_id, id, xid) ON audit.entry TO auctor_broker;
CREATE POLICY broker_records ON audit.entry FOR INSERT TO auctor_broker WITH CHECK ({WORKSPACE});
CREATE POLICY broker_recorded ON audit.entry FOR SELECT TO auctor_broker
    USING ({WORKSPACE} AND xid = (select pg_current_xact_id_if_assigned()));
GRANT SELECT, INSERT, UPDATE, DELETE ON connectors_budget TO auctor_broker;
"""


def narrow(table: str) -> str:
    """Take back what every table is granted, and give what may be seen of a secret."""
    commands, columns = SECRETS[table]
    statements = [
        f"REVOKE ALL ON {table} FROM auctor_app, auctor_reader, auctor_retention",
        f"GRANT SELECT ({columns}) ON {table} TO auctor_app, auctor_reader, auctor_retention",
        f"GRANT DELETE ON {table} TO auctor_retention",
    ]
    return ";\n".join([*statements, *([f"GRANT {commands} ON {table} TO auctor_app"] if commands else [])])


def let_in(table: str) -> str:
    """The broker's policy and rights."""
    policy = f"CREATE POLICY broker ON {table} TO auctor_broker USING ({WORKSPACE}) WITH CHECK ({WORKSPACE})"
    return f"{policy};\nGRANT {BROKER[table]} ON {table} TO auctor_broker"


class Migration(migrations.Migration):
    """Members see connections, so that they understand a stale deal; not clients and attempts."""

    dependencies = [("tenancy", "0001_workspace"), ("audit", "0001_log"), ("connectors", "0001_connections")]
    operations = [
        ProtectTable("connectors_client", member_sql=NOT_A_MEMBER),
        ProtectTable("connectors_connection", references={"client_id": "connectors_client"}, on_delete="NO ACTION"),
        ProtectTable(
            "connectors_attempt", member_sql=NOT_A_MEMBER, references={"connection_id": "connectors_connection"}
        ),
        *(ProtectTable(table) for table in SECRETS),
        *(migrations.RunSQL(narrow(table), migrations.RunSQL.noop) for table in SECRETS),
        *(migrations.RunSQL(let_in(table), f"DROP POLICY broker ON {table}") for table in BROKER),
        migrations.RunSQL(LOG, "DROP POLICY broker_records ON audit.entry; DROP POLICY broker_recorded ON audit.entry"),
    ]

"""The signed context and the workspace."""

from django.db import migrations, models

import auctor.kit.ids

# One field of app.ctx after its signature was checked; NULL without context or past its expiry. Its names are bound when
# it is made, so that no search path is looked at: a third of the time of a function that sets one.
CHECKED = """
CREATE FUNCTION auctor.{name}() RETURNS {type} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
RETURN (
    SELECT CASE
        WHEN said.raw IS NULL THEN NULL
        WHEN encode(sha256(k.outer_key || sha256(k.inner_key || convert_to(left(said.raw, -65), 'UTF8'))), 'hex')
             <> right(said.raw, 64) THEN auctor.refuse_context()
        WHEN to_timestamp(split_part(said.raw, '.', 5)::bigint) < clock_timestamp() THEN NULL
        ELSE nullif(split_part(said.raw, '.', {place}), '')
    END::{type}
    FROM (SELECT nullif(current_setting('app.ctx', true), '')) AS said (raw), auctor.context_key k
);
"""
FIELDS = (("ctx_workspace", "uuid"), ("ctx_user", "uuid"), ("ctx_member", "uuid"), ("ctx_role", "text"))

CONTEXT = """
CREATE SCHEMA auctor;
CREATE TABLE auctor.context_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL
);
REVOKE ALL ON auctor.context_key FROM PUBLIC;

-- A forged context ends the statement; a function of its own, because a single expression cannot raise.
CREATE FUNCTION auctor.refuse_context() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the context is not signed by this installation' USING ERRCODE = 'insufficient_privilege';
END $$;

{checked}
REVOKE ALL ON FUNCTION auctor.refuse_context(), auctor.ctx_workspace(), auctor.ctx_user(), auctor.ctx_member(),
    auctor.ctx_role() FROM PUBLIC;
GRANT USAGE ON SCHEMA auctor TO auctor_app, auctor_reader, auctor_retention, auctor_sealer;
GRANT EXECUTE ON FUNCTION auctor.ctx_workspace(), auctor.ctx_user(), auctor.ctx_member(), auctor.ctx_role()
    TO auctor_app, auctor_reader, auctor_retention, auctor_sealer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO auctor_app;
"""

# The product itself lists workspaces for its nightly work; anybody else sees the one that was entered.
WALL = """
ALTER TABLE tenancy_workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_workspace FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tenancy_workspace TO auctor_app, auctor_retention
    USING (id = (select auctor.ctx_workspace())) WITH CHECK (id = (select auctor.ctx_workspace()));
CREATE POLICY workspace_list ON tenancy_workspace FOR SELECT TO auctor_app
    USING ((select auctor.ctx_role()) = 'system' and (select auctor.ctx_workspace()) is null);
CREATE POLICY workspace_read ON tenancy_workspace FOR SELECT TO auctor_reader
    USING (id = (select auctor.ctx_workspace()));
GRANT SELECT, INSERT, UPDATE, DELETE ON tenancy_workspace TO auctor_app;
GRANT SELECT ON tenancy_workspace TO auctor_reader, auctor_retention;
GRANT SELECT ON django_migrations TO auctor_app;
"""


class Migration(migrations.Migration):
    """First of all migrations: every other package's tables are protected by what it makes."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            CONTEXT.format(
                checked="".join(
                    CHECKED.format(name=name, type=kind, place=place) for place, (name, kind) in enumerate(FIELDS, 1)
                )
            ),
            "DROP SCHEMA auctor CASCADE",
        ),
        migrations.CreateModel(
            name="Workspace",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(choices=[("real", "real"), ("pilot", "pilot"), ("demo", "demo")], max_length=16),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("read_only", "read_only"), ("closed", "closed")],
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("pilot_ends_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "tenancy_workspace"},
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]

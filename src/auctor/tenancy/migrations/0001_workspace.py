"""The signed context and the workspace."""

from django.db import migrations, models

import auctor.kit.ids

CONTEXT = """
CREATE SCHEMA auctor;
CREATE TABLE auctor.context_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL
);
REVOKE ALL ON auctor.context_key FROM PUBLIC;

-- The five fields of app.ctx after its signature was checked; NULL without context or past its expiry.
CREATE FUNCTION auctor.ctx() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    raw text := nullif(current_setting('app.ctx', true), '');
    parts text[];
    message text;
    k auctor.context_key;
BEGIN
    IF raw IS NULL THEN RETURN NULL; END IF;
    parts := string_to_array(raw, '.');
    IF array_length(parts, 1) IS DISTINCT FROM 6 THEN
        RAISE EXCEPTION 'the context is malformed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    message := array_to_string(parts[1:5], '.');
    SELECT * INTO k FROM auctor.context_key;
    IF encode(sha256(k.outer_key || sha256(k.inner_key || convert_to(message, 'UTF8'))), 'hex')
       IS DISTINCT FROM parts[6] THEN
        RAISE EXCEPTION 'the context is not signed by this installation' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_timestamp(parts[5]::bigint) < clock_timestamp() THEN RETURN NULL; END IF;
    RETURN parts;
END $$;

CREATE FUNCTION auctor.ctx_workspace() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif((auctor.ctx())[1], '')::uuid $$;
CREATE FUNCTION auctor.ctx_user() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif((auctor.ctx())[2], '')::uuid $$;
CREATE FUNCTION auctor.ctx_member() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif((auctor.ctx())[3], '')::uuid $$;
CREATE FUNCTION auctor.ctx_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif((auctor.ctx())[4], '') $$;

-- What the context says, unchecked: only beside a policy of the same table that checks the signature and raises, so
-- that a forged context neither sees nor writes a row, whatever it says here. Each check costs some 25 microseconds.
CREATE FUNCTION auctor.said_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(split_part(current_setting('app.ctx', true), '.', 1), '')::uuid;
CREATE FUNCTION auctor.said_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(split_part(current_setting('app.ctx', true), '.', 4), '');
CREATE FUNCTION auctor.said_member() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(split_part(current_setting('app.ctx', true), '.', 3), '')::uuid;

REVOKE ALL ON FUNCTION auctor.ctx(), auctor.ctx_workspace(), auctor.ctx_user(), auctor.ctx_member(),
    auctor.ctx_role() FROM PUBLIC;
GRANT USAGE ON SCHEMA auctor TO auctor_app, auctor_reader, auctor_retention, auctor_sealer;
GRANT EXECUTE ON FUNCTION auctor.ctx_workspace(), auctor.ctx_user(), auctor.ctx_member(), auctor.ctx_role(),
    auctor.said_workspace(), auctor.said_role(), auctor.said_member()
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
        migrations.RunSQL(CONTEXT, "DROP SCHEMA auctor CASCADE"),
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

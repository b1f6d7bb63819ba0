"""The tables of the log, and who may do what with them."""

from django.db import migrations

from auctor.audit import functions

TABLES = """
GRANT USAGE ON SCHEMA audit TO auctor_app, auctor_reader, auctor_sealer, auctor_retention;

CREATE TABLE audit.entry (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    id uuid NOT NULL DEFAULT audit.uuid7(),
    workspace_id uuid NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    body text NOT NULL CHECK (octet_length(body) <= 16384),
    nonce bytea NOT NULL
        DEFAULT substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) for 16),
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    -- What a page shows is what was hashed.
    action text NOT NULL GENERATED ALWAYS AS (body::json ->> 'action') STORED,
    PRIMARY KEY (workspace_id, at, id)
) PARTITION BY RANGE (at);
CREATE INDEX entry_xid ON audit.entry (xid);
CREATE TRIGGER leaf BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.set_leaf();

-- One row for each workspace and round: the leaves `first` to `first + n - 1`, 32 bytes each.
CREATE TABLE audit.seal (
    at timestamptz NOT NULL,
    workspace_id uuid NOT NULL,
    round bigint NOT NULL,
    first bigint NOT NULL,
    n integer NOT NULL,
    entry_ids uuid[] NOT NULL,
    leaves bytea NOT NULL,
    root bytea NOT NULL,
    min_index bigint NOT NULL,
    body_min_index bigint NOT NULL,
    leaf_index bigint NOT NULL,
    PRIMARY KEY (workspace_id, round, at),
    CHECK (octet_length(leaves) = 32 * n AND cardinality(entry_ids) = n)
) PARTITION BY RANGE (at);
ALTER TABLE audit.seal ALTER COLUMN leaves SET STORAGE EXTERNAL;

-- What was last signed of each workspace. A stale head is signed again in the next round.
CREATE TABLE audit.head (
    workspace_id uuid PRIMARY KEY,
    size bigint NOT NULL,
    root bytea NOT NULL,
    frontier bytea NOT NULL,
    min_index bigint NOT NULL DEFAULT 0,
    body_min_index bigint NOT NULL DEFAULT 0,
    round bigint NOT NULL,
    round_at timestamptz NOT NULL,
    leaf_index bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    anchored_size bigint NOT NULL DEFAULT 0,
    is_stale boolean NOT NULL DEFAULT false
);
CREATE INDEX head_stale ON audit.head (workspace_id) WHERE is_stale;

-- The end of each day of a workspace; `nodes` are the subtrees that it grew by since the anchor before.
CREATE TABLE audit.anchor (
    workspace_id uuid NOT NULL,
    day date NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    frontier bytea NOT NULL,
    nodes bytea NOT NULL,
    PRIMARY KEY (workspace_id, day)
);

-- Each run of the instance's tree: the first, and one after each restore from a backup.
CREATE TABLE audit.epoch (
    id integer PRIMARY KEY,
    origin text NOT NULL,
    key text NOT NULL,
    previous_note text NOT NULL,
    first_round bigint NOT NULL,
    horizon xid8 NOT NULL,
    started_at timestamptz NOT NULL
);

-- One round: everything below `horizon` is sealed; the instance's tree grew from `before_size` to `size`.
CREATE TABLE audit.round (
    at timestamptz NOT NULL,
    id bigint NOT NULL,
    epoch integer NOT NULL REFERENCES audit.epoch,
    horizon xid8 NOT NULL,
    before_size bigint NOT NULL,
    before_frontier bytea NOT NULL,
    leaves bytea NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER TABLE audit.round ALTER COLUMN leaves SET STORAGE EXTERNAL;
CREATE INDEX round_horizon ON audit.round (horizon);

-- The end of each day of the instance's tree, kept like the anchors.
CREATE TABLE audit.checkpoint (
    day date PRIMARY KEY,
    epoch integer NOT NULL REFERENCES audit.epoch,
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    nodes bytea NOT NULL,
    note text NOT NULL
);
"""

RIGHTS = """
GRANT INSERT (workspace_id, body), SELECT ON audit.entry TO auctor_app;
GRANT SELECT ON audit.seal, audit.head, audit.anchor, audit.epoch, audit.round, audit.checkpoint
    TO auctor_app, auctor_reader;
GRANT SELECT ON audit.entry TO auctor_reader, auctor_sealer;
GRANT SELECT, INSERT ON audit.seal, audit.anchor, audit.epoch, audit.round, audit.checkpoint TO auctor_sealer;
GRANT SELECT, INSERT, UPDATE ON audit.head TO auctor_sealer;
GRANT EXECUTE ON FUNCTION audit.uuid7() TO auctor_app;
GRANT EXECUTE ON FUNCTION audit.create_day(date) TO auctor_sealer, auctor_retention;
GRANT EXECUTE ON FUNCTION audit.drop_day(date) TO auctor_retention;
GRANT EXECUTE ON FUNCTION audit.days_due() TO auctor_retention;

-- An entry that belongs to no workspace (a failed sign-in) may be written from anywhere and read from nowhere
-- but the transaction that writes it.
CREATE POLICY record ON audit.entry FOR INSERT TO auctor_app WITH CHECK (
    workspace_id = (select auctor.ctx_workspace()) OR workspace_id = '00000000-0000-0000-0000-000000000000');
CREATE POLICY recorded ON audit.entry FOR SELECT TO auctor_app USING (
    workspace_id = '00000000-0000-0000-0000-000000000000' AND xid = (select pg_current_xact_id_if_assigned()));
"""


# PostgreSQL makes such ids itself from 18 on, in a tenth of the time.
NEWER = """
DO $$ BEGIN
    IF current_setting('server_version_num')::integer >= 180000 THEN
        ALTER TABLE audit.entry ALTER COLUMN id SET DEFAULT uuidv7();
    END IF;
END $$
"""


def _walls() -> str:
    statements = []
    for table in ("entry", "seal", "head", "anchor"):
        statements += [
            f"ALTER TABLE audit.{table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE audit.{table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY workspace ON audit.{table} FOR SELECT TO auctor_app, auctor_reader"
            " USING (workspace_id = (select auctor.ctx_workspace()))",
            f"CREATE POLICY sealer ON audit.{table} TO auctor_sealer USING (true) WITH CHECK (true)",
            f"CREATE POLICY owner ON audit.{table} TO auctor_owner USING (true) WITH CHECK (true)",
        ]
    return ";\n".join(statements)


class Migration(migrations.Migration):
    """No Django model: rows are written and read by hand-written SQL only."""

    initial = True
    dependencies = [("tenancy", "0001_workspace")]
    operations = [
        migrations.RunSQL("CREATE SCHEMA audit", "DROP SCHEMA audit CASCADE"),
        migrations.RunSQL(functions.FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(TABLES, migrations.RunSQL.noop),
        migrations.RunSQL(functions.SECOND, migrations.RunSQL.noop),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(NEWER, migrations.RunSQL.noop),
        migrations.RunSQL(_walls(), migrations.RunSQL.noop),
        migrations.RunSQL(
            "SELECT audit.create_day((now() AT TIME ZONE 'UTC')::date + n) FROM generate_series(-1, 14) n",
            migrations.RunSQL.noop,
        ),
    ]

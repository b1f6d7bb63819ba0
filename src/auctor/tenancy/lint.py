"""The rules of isolation, asked of the database's own catalogue. Pure SQL; the tests and `auctor doctor` ask it.

Each question returns what breaks its rule, so an intact database answers with nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from auctor.tenancy.data import DataRule

# What runs; the owner migrates and is nobody's login.
RUNNING = "('auctor_app', 'auctor_reader', 'auctor_sealer', 'auctor_retention', 'auctor_broker')"
# The first field of app.ctx, unchecked, as the catalogue writes it.
SAID_WORKSPACE = r"SELECT \(NULLIF\(split_part\(current_setting\(''app.ctx''::text, true\), ''\.''::text, 1\)"
# Roles that act for somebody in a workspace. The sealer reads the log of all of them, and nothing else.
SCOPED = "('auctor_app', 'auctor_reader', 'auctor_retention', 'auctor_broker')"

TABLES = f"""
WITH tables AS (
    SELECT c.oid, c.relname, c.relkind, c.relispartition, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
           c.relowner, CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id'
                   AND NOT a.attisdropped) AS is_scoped
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND n.nspname NOT LIKE 'pg\\_%'
), running AS (SELECT oid, rolname FROM pg_roles WHERE rolname IN {RUNNING})
"""  # noqa: S608 - constants

RULES: dict[str, str] = {
    "Row-level security is enabled and forced, also on each partition": """
        SELECT name FROM tables WHERE is_scoped AND NOT (relrowsecurity AND relforcerowsecurity)
    """,
    "A granted command has a policy": """
        SELECT DISTINCT t.name || ' ' || r.rolname || ' ' || lower(g.privilege_type)
        FROM tables t CROSS JOIN LATERAL (
            SELECT grantee, privilege_type FROM aclexplode(t.relacl)
            UNION SELECT x.grantee, x.privilege_type FROM pg_attribute a, aclexplode(a.attacl) x
            WHERE a.attrelid = t.oid) g
        JOIN running r ON r.oid = g.grantee
        WHERE t.is_scoped AND g.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
          AND NOT EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polpermissive
              AND (p.polroles @> ARRAY[r.oid] OR p.polroles @> ARRAY[0::oid])
              AND p.polcmd IN ('*', CASE g.privilege_type WHEN 'SELECT' THEN 'r' WHEN 'INSERT' THEN 'a'
                                    WHEN 'UPDATE' THEN 'w' ELSE 'd' END::"char"))
    """,
    "A policy names the workspace of the signed context, once for a query": f"""
        SELECT t.name || ' ' || p.polname FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
        WHERE t.is_scoped AND p.polpermissive
          AND (p.polroles = ARRAY[0::oid]
               OR EXISTS (SELECT FROM pg_roles WHERE oid = ANY (p.polroles) AND rolname IN {SCOPED}))
          AND NOT (coalesce(pg_get_expr(p.polqual, p.polrelid), 'SELECT auctor.ctx_workspace()')
                     ~ 'SELECT auctor.ctx_workspace\\(\\)'
                   AND (coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'SELECT auctor.ctx_workspace()')
                          ~ 'SELECT auctor.ctx_workspace\\(\\)'
                        -- What is merely said suffices where a restrictive policy proves it for new rows.
                        OR (p.polcmd = '*'
                            AND pg_get_expr(p.polwithcheck, p.polrelid) ~ '{SAID_WORKSPACE}'
                            AND EXISTS (SELECT FROM pg_policy other WHERE other.polrelid = p.polrelid
                                AND NOT other.polpermissive AND other.polcmd = 'a' AND other.polroles @> p.polroles
                                AND pg_get_expr(other.polwithcheck, other.polrelid)
                                      ~ '^\\(workspace_id = \\( SELECT auctor.ctx_workspace\\(\\)'))))
          AND NOT coalesce(pg_get_expr(p.polqual, p.polrelid), '') ~ '^\\(?\\(?workspace_id = ''0{{8}}-'
    """,  # noqa: S608 - constants
    "A primary key begins with workspace_id": """
        SELECT t.name FROM tables t WHERE t.is_scoped AND NOT EXISTS (
            SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = t.oid AND i.indisprimary AND a.attname = 'workspace_id')
    """,
    "A unique index begins with workspace_id": """
        SELECT t.name || ' ' || i.indexrelid::regclass FROM tables t JOIN pg_index i ON i.indrelid = t.oid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE t.is_scoped AND i.indisunique AND NOT i.indisprimary AND a.attname IS DISTINCT FROM 'workspace_id'
    """,
    "A foreign key begins with workspace_id": """
        SELECT t.name || ' ' || k.conname FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
        JOIN tables other ON other.oid = k.confrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
        JOIN pg_attribute b ON b.attrelid = other.oid AND b.attnum = k.confkey[1]
        WHERE t.is_scoped AND other.is_scoped AND NOT (a.attname = 'workspace_id' AND b.attname = 'workspace_id')
    """,
    "A view runs as whoever asks": """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)
    """,
    "Nobody reads a materialized view or a partition directly": """
        SELECT c.oid::regclass || ' ' || coalesce(r.rolname, 'everybody') FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE (c.relkind = 'm' OR (c.relispartition AND c.relkind IN ('r', 'p'))) AND g.grantee <> c.relowner
    """,
    "Nobody may truncate": """
        SELECT t.name || ' ' || r.rolname FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g
        JOIN running r ON r.oid = g.grantee WHERE g.privilege_type = 'TRUNCATE'
    """,
    "Nothing is granted to everybody": """
        SELECT t.name || ' ' || lower(g.privilege_type) FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g
        WHERE g.grantee = 0
    """,
    "The reader changes nothing": """
        SELECT t.name || ' ' || lower(g.privilege_type) FROM tables t CROSS JOIN LATERAL aclexplode(t.relacl) g
        JOIN running r ON r.oid = g.grantee AND r.rolname = 'auctor_reader' WHERE g.privilege_type <> 'SELECT'
    """,
    "A running role owns nothing": """
        SELECT t.name || ' ' || r.rolname FROM tables t JOIN running r ON r.oid = t.relowner
    """,
    "A running role has no right beyond its grants": """
        SELECT rolname FROM pg_roles WHERE rolname IN (SELECT rolname FROM running)
          AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
        UNION ALL
        SELECT m.rolname || ' is a ' || o.rolname FROM pg_auth_members am
        JOIN running m ON m.oid = am.member JOIN pg_roles o ON o.oid = am.roleid
    """,
    "The owner has no login and walks through no wall": """
        SELECT rolname FROM pg_roles WHERE rolname = 'auctor_owner' AND (rolcanlogin OR rolsuper OR rolbypassrls)
    """,
    "A function that runs as its owner fixes its search path": """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND p.prosqlbody IS NULL -- names that were bound when the function was made are looked up no more
          AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=pg_catalog%')
    """,
    "A function that runs as its owner is not for everybody": """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) g WHERE g.grantee = 0))
    """,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a rule."""

    rule: str
    where: str


class Cursor(Protocol):
    """What psycopg's and Django's cursors share."""

    def execute(self, query: Any, /) -> Any:
        """Run one statement."""

    def fetchall(self) -> list[Any]:
        """Its rows."""


def find_breaches(cursor: Cursor) -> list[Finding]:
    """Everything in this database that breaks a rule of isolation; any role may ask."""
    findings = []
    for rule, query in RULES.items():
        cursor.execute(TABLES + query)
        findings += [Finding(rule, str(row[0])) for row in cursor.fetchall()]
    return findings


def list_tables(cursor: Cursor) -> list[str]:
    """Every table that is not a partition, `schema.` before it outside of `public`."""
    cursor.execute(TABLES + "SELECT name FROM tables WHERE NOT relispartition ORDER BY name")  # noqa: S608
    return [str(row[0]) for row in cursor.fetchall()]


def find_ruleless(tables: Iterable[str], rules: Mapping[str, DataRule]) -> list[Finding]:
    """Tables of which nobody says how long rows are kept, whether they are exported, how they are erased."""
    text = "A table says how long its rows are kept, whether they are exported, how they are erased"
    return [Finding(text, table) for table in tables if table not in rules]

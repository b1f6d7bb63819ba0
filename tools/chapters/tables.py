"""Tables, from the catalogue of a migrated database and the data rules beside the models."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from django.apps import apps

from auctor.tenancy.data import DataRule
from tools.chapters.markdown import Chapter, code, first_sentence

SOURCE = "auctor.tenancy.data"
ABOUT = (
    "Every table of the database: whose rows it holds, which database role may do what, which row policies "
    "stand in front of it, and what becomes of its rows. The running product is never the owner of a table, "
    "and none of its roles may switch row policies off."
)
# Partitions hang on their parent, which is the one that is described.
TABLES = """
SELECT c.oid, CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
       c.relforcerowsecurity,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_%'
ORDER BY 2
"""
GRANTS = """
SELECT c.oid, g.grantee::regrole::text, lower(g.privilege_type), ''
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
WHERE c.relkind IN ('r', 'p') AND g.grantee <> 0 AND g.grantee <> c.relowner
UNION ALL
SELECT a.attrelid, g.grantee::regrole::text, lower(g.privilege_type), a.attname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid CROSS JOIN LATERAL aclexplode(a.attacl) g
WHERE g.grantee <> 0 AND g.grantee <> c.relowner
ORDER BY 2, 3, 4
"""
POLICIES = """
SELECT p.polrelid, p.polname, p.polpermissive,
       ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (p.polroles) ORDER BY rolname)
FROM pg_policy p ORDER BY p.polpermissive DESC, p.polname
"""


ACTS = ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain")


@dataclass(frozen=True)
class Table:
    """One table as a security officer asks about it."""

    name: str
    about: str
    belongs_to: str
    rights: tuple[str, ...]
    policies: tuple[str, ...]
    rule: DataRule | None

    @property
    def text(self) -> str:
        """Its part of the page."""
        lines = [f"## {self.name}", "", *([self.about, ""] if self.about else [])]
        lines += [f"- Rows of: {self.belongs_to}", f"- Rights: {'; '.join(self.rights) or 'none at run time'}"]
        lines += [f"- Row policies: {', '.join(self.policies)}"] if self.policies else []
        if self.rule:
            lines += [f"- Kept: {self.rule.retention}", f"- In the export: {self.rule.export}"]
            lines += [f"- Erased: {self.rule.erasure}"]
        return "\n".join(lines)


def chapter(connection: psycopg.Connection) -> Chapter:
    """The page of tables, read through the administrator's connection."""
    return Chapter("tables", "Tables", ABOUT, "\n\n".join(table.text for table in read_tables(connection)))


def read_tables(connection: psycopg.Connection) -> list[Table]:
    """Every table that is not a partition, by name."""
    rights, policies = read_rights(connection), read_policies(connection)
    rules, abouts = known_rules(), known_docstrings()
    return [
        Table(
            name=name,
            about=abouts.get(name, ""),
            belongs_to="one workspace" if has_workspace else "the installation",
            rights=tuple(rights[oid]),
            policies=(*(["forced"] if forced else []), *policies[oid]),
            rule=rules.get(name),
        )
        for oid, name, forced, has_workspace in connection.execute(TABLES).fetchall()
    ]


def read_rights(connection: psycopg.Connection) -> Mapping[int, list[str]]:
    """What each role may do with each table, such as "`auctor_app` select, insert (body)"."""
    acts: dict[int, dict[str, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for oid, role, privilege, column in connection.execute(GRANTS).fetchall():
        acts[oid][role][privilege] += [column] if column else []
    lines = defaultdict(list)
    for oid, roles in acts.items():
        for role, granted in roles.items():
            privileges = sorted(granted.items(), key=lambda item: ACTS.index(item[0]))
            words = [act if not columns else f"{act} ({', '.join(columns)})" for act, columns in privileges]
            lines[oid].append(f"{code(role)} {', '.join(words)}")
    return lines


def read_policies(connection: psycopg.Connection) -> Mapping[int, list[str]]:
    """The policies of each table, restrictive ones marked."""
    lines = defaultdict(list)
    for oid, name, permissive, roles in connection.execute(POLICIES).fetchall():
        kind = "" if permissive else "restrictive, "
        lines[oid].append(f"{code(name)} ({kind}{', '.join(roles) or 'everybody'})")
    return lines


def known_rules() -> dict[str, DataRule]:
    """The data rule of each table: beside the model, or in the app for tables without one."""
    rules = {
        table: rule for config in apps.get_app_configs() for table, rule in getattr(config, "table_rules", {}).items()
    }
    beside = {model._meta.db_table: getattr(model, "data_rule", None) for model in apps.get_models()}
    return rules | {table: rule for table, rule in beside.items() if isinstance(rule, DataRule)}


def known_docstrings() -> dict[str, str]:
    """What our own models say of themselves."""
    models = [model for model in apps.get_models() if model.__module__.startswith("auctor.")]
    return {model._meta.db_table: first_sentence(model.__doc__) for model in models}

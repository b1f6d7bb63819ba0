"""The tables to import: of a history folder as they stand, or of a plain export by its mapping."""

from pathlib import Path

from auctor.crm.importing.exports import mapped
from auctor.crm.importing.mapping import Mapping
from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import Source, Table, find_export, find_sources, read


def read_tables(folder: Path, mapping: Mapping | None, problems: Problems) -> tuple[dict[str, Table], dict[str, Path]]:
    """Tables by the names of the form, and the files that they were read from. Raises `FolderUnusable`."""
    if mapping is not None:
        path = find_export(folder)
        table = read(Source("deals", path), problems)
        return (mapped(table, mapping, problems) if table else {}), {"deals": path}
    found = find_sources(folder)
    tables = {name: read(source, problems) for name, source in found.items()}
    paths = {name: source.path for name, source in found.items()}
    return {name: table for name, table in tables.items() if table is not None}, paths

"""Tables. Texts are sealed; ids, enums, numbers, moments and blind indexes are clear.

Rows that came from a source have an id derived from (connection, kind, remote id), see `keys.py`, so that the same
record always meets its own row. References are plain ids; their composite foreign keys stand in the migration.
`CrmConfig` imports every file of this folder.
"""

"""From files to typed columns: reading, checking, mapping, and deriving what history implies.

Pure but for reading the files themselves: it knows no database. Called by `auctor.crm.operations`.
"""

"""Files that people upload: kept in the data folder while they are checked and imported, then removed.

Called by `auctor.crm.uploads`, which knows whose they are. Nothing here knows the database.
"""

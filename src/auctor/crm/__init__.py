"""Our own vendor-neutral copy of the customer's CRM: deals, people, activities, and their past.

Filled by `operations.import_folder` and by the connectors' syncs; read through `queries.py` and, whole columns at a
time, through `frames.py`. Every text in it is sealed. It judges nothing: that is risk's.
"""

"""The doors to CRM, mail and chat vendors: what each vendor is like, and what a workspace is connected to.

Called by the pages, the API and commands, by `crm`, and by `broker`, the one process that opens tokens and calls
vendors. Nothing here calls a vendor; whoever wants something of one asks the broker (`asking.py`).
"""

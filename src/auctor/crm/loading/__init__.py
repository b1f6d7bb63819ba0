"""Writing a checked folder into the workspace, in one transaction: what is new, what changed, nothing else.

Called by `auctor.crm.operations`, which asks for permission and records the import.
"""

"""Keys of workspaces; sealing and opening values.

Called by every package that keeps a customer's text: through the fields of `fields.py`, the digests of
`blind.py` or `keyring.seal` and `keyring.open_`. Keysets live in a keystore of their own beside the database,
wrapped by a root key. It never shows a key, never seals without saying for which workspace, and never makes a
key while it opens.
"""

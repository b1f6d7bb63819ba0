"""The tamper-evident log: record, integrate, publish, verify.

`log.record` is called by every operation, in the transaction of the change; `queries` and `export` by the faces.
The sealer (`seal`, a process of its own without Django) makes leaves of entries, signs and publishes checkpoints.
`verify` is one file that runs alone and trusts nobody. Nothing here changes or deletes an entry.
"""

"""Background work: how it is declared, enqueued, retried, rescued, listed.

Jobs are functions in a package's `jobs.py`, known by name, imported by the worker only. Whoever changes something
enqueues the follow-up by that name, in the transaction of the change; the arguments are ids.
Never runs a job itself: that is the worker's.
"""

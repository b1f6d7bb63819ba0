"""Runs background jobs inside the scope of their workspace, one transaction each, and rescues those left behind.

Called by the command line. Decides nothing: what a job does is its package's, when it is tried again is in `jobs`.
"""

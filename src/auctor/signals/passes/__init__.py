"""Passes over rows grouped by deal: from facts to one row of columns for each pair of deal and moment.

Called by `frame.py` and `norms.py` only. A pass reads facts known at the pair's moment and nothing later.
"""

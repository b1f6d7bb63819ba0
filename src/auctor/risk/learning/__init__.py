"""Probabilities learnt from a workspace's own closed deals: used only where they beat the base rate.

Pure: no table, no query. `risk/learn.py` and `risk/chances.py` bring facts and keep models. scikit-learn fits, in jobs
and commands; predicting is ours.
"""

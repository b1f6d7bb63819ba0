"""Probabilities learnt from a workspace's own closed deals: used only where they beat the base rate.

Pure but for `storing.py` and `learn.py`; scikit-learn fits in jobs and commands, prediction is ours.
"""

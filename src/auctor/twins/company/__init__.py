"""The demo company: invented people, deals and contacts with a past, made from a seed and an end date.

Stand-in vendors serve it, the demo workspace shows it, tests lean on it. Nothing here is anybody's data.
"""

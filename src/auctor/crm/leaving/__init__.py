"""Rows of our tables as the lines of a history folder, texts opened.

Merged records appear as the one that they are now. Called by `auctor.crm.export`.
"""

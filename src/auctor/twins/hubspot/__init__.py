"""The stand-in for HubSpot: OAuth, CRM objects with history, search, associations, webhooks.

`BEHAVIOUR.md` lists what it does as the vendor does, what it was not held to, and what it leaves out (501). Vendor's
version `2026-03`; the same answers stand under v1, v3 and v4, because the vendor's own client still calls those.
"""

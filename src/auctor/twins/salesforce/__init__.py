"""The stand-in for Salesforce: OAuth, SOQL, records, describe, deleted and updated, limits.

`BEHAVIOUR.md` lists what it does as the vendor does, what is not known for certain, and what it leaves out (501).
"""

"""What every stand-in vendor stands on: the server, its routes, clock, faults, quotas and the control door.

Vendors build on it; it knows no vendor. It uses the standard library alone, because a fault plan must cut, stall and
halve answers on the wire, which no web framework lets its user do.
"""

"""The one process that opens tokens and calls vendors: `auctor broker`.

Web server and worker ask it over a socket on this machine (`auctor.connectors.asking`). It holds the allow-list, the
quotas and the way out; it imports no framework, so that it stays small.
"""

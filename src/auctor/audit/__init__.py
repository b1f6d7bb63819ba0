"""The tamper-evident log: record, integrate, publish, verify."""

"""Tests of `auctor.connectors`."""

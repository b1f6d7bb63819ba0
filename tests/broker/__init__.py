"""Tests of `auctor.broker`."""

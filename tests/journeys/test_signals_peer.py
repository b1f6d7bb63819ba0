"""A second opinion: the same signals hand-written in SQL agree on every deal of a made-up pipeline."""

import numpy as np

from auctor.signals.catalog import KEYS
from auctor.signals.frames import Settings, build
from auctor.signals.scan import scan
from auctor.signals.vocabulary import State
from bench.support import signals_peer
from bench.support.signals_world import NOW, Pipeline, settings


class TestSecondOpinion:
    def test_agrees_in_severity_and_value(self) -> None:
        world = Pipeline(40_000, seed=5)
        connection = signals_peer.connect({name: world[name] for name in world}, settings())
        signals_peer.run(connection, NOW)
        deals = signals_peer.judged_deals(connection)
        found = scan(build(world, Settings(**settings())), deals, np.full(len(deals), NOW))
        peer = signals_peer.answers(connection)
        for key in KEYS:
            verdict, (severity, value) = found.verdicts[key], peer[key]
            ours = np.where(verdict.state == State.UNKNOWN, np.nan, verdict.severity)
            np.testing.assert_allclose(ours, severity, atol=1e-9, err_msg=key)
            np.testing.assert_allclose(verdict.value, value, atol=1e-9, err_msg=key)
        connection.close()

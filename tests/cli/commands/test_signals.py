"""`auctor signals`."""

from pathlib import Path

import pytest

from auctor.cli.commands.signals import ThresholdUnreadable
from auctor.risk.policies import PARAMETERS, PolicyRefused
from auctor.signals.catalog import KEYS
from tests.cast import Company
from tests.cli.running import ask, refused, run
from tests.risk.world import bring_in


@pytest.mark.usefixtures("committed")
class TestSet:
    def test_makes_a_version_and_goes_back(self, acme: Company) -> None:
        where = ("-w", acme.workspace_id)
        made = ask("signals", "set", "champion.usual_days=9", "late_from=0.6", *where)
        assert (made["number"], made["thresholds"], made["late_from"]) == (1, {"champion.usual_days": 9.0}, 0.6)
        told = {one["threshold"]: one for one in ask("signals", "list", *where)}
        assert set(told) == set(PARAMETERS)
        assert (told["champion.usual_days"]["value"], told["champion.usual_days"]["chosen"]) == (9.0, True)
        assert ask("signals", "set", "champion.usual_days=learnt", *where)["thresholds"] == {}
        assert [one["number"] for one in ask("signals", "policy", *where, "--limit", 5)] == [2, 1]

    @pytest.mark.parametrize(
        "text", ["champion.usual_days", "champion.usual_days=x", "=cmd|' /C calc'!A0", "late_from="]
    )
    def test_refuses_what_is_no_setting(self, acme: Company, text: str) -> None:
        assert isinstance(refused("signals", "set", text, "-w", acme.workspace_id), ThresholdUnreadable)

    @pytest.mark.parametrize(
        "text",
        [
            "champion.usual_days=nan",
            "champion.usual_days=inf",
            "champion.usual_days=1e308",
            "no.such=1",
            "late_from=nan",
        ],
    )
    def test_refuses_what_no_signal_can_have(self, acme: Company, text: str) -> None:
        assert isinstance(refused("signals", "set", text, "-w", acme.workspace_id), PolicyRefused)
        assert ask("signals", "policy", "-w", acme.workspace_id)[0]["number"] == 0


@pytest.mark.usefixtures("committed")
class TestMute:
    def test_lets_a_signal_count_no_more_and_again(self, acme: Company) -> None:
        where = ("-w", acme.workspace_id)
        made = ask("signals", "mute", "stage_stall", *where, "--reason", "does-not-fit", "--note", "We sell slowly")
        assert made["muted"] == {"stage_stall": "does-not-fit"}
        assert "stage_stall" in run("signals", "list", *where).output
        assert ask("signals", "unmute", "stage_stall", *where)["muted"] == {}
        assert isinstance(refused("signals", "unmute", "stage_stall", *where), PolicyRefused)
        assert isinstance(refused("signals", "mute", "no_such", *where, "--reason", "other"), PolicyRefused)


@pytest.mark.usefixtures("committed")
class TestTrack:
    def test_measures_on_the_deals_that_ended(self, acme: Company, tmp_path: Path) -> None:
        where = ("-w", acme.workspace_id)
        assert "--measure" in run("signals", "track", *where).output
        bring_in(acme, tmp_path, deals=30)
        made = ask("signals", "track", *where, "--measure")
        assert [one["signal"] for one in made] == list(KEYS)
        assert ask("signals", "track", *where) == made
        proposed = {one["signal"] for one in ask("signals", "propose", *where)}
        assert proposed == {one["signal"] for one in made if one["propose_mute"]}

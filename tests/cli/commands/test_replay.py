"""`auctor replay`."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from auctor.cli.commands.replay import PolicyUnreadable
from auctor.crm.models.deals import Deal
from auctor.risk.policies import PolicyRefused
from auctor.risk.replay import ReplayRefused
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.cli.running import ask, refused, run
from tests.risk.world import bring_in

LAST = (NOW - timedelta(days=1)).date()
PERIOD = ("--from", LAST - timedelta(days=150), "--to", LAST)
FORMULA = "=cmd|' /C calc'!A0"


@pytest.mark.usefixtures("committed")
class TestReplay:
    def test_tells_what_would_have_been_flagged(self, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path / "in", deals=40)
        with scope.enter(acme.system), transaction.atomic():
            for deal in Deal.objects.all():
                deal.name = FORMULA
                deal.save()
        out, where = tmp_path / "deals.csv", ("-w", acme.workspace_id)
        told = ask("replay", *where, *PERIOD, "--band", "low", "--out", out)
        with out.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        assert len(lines) == told["lost"] + told["won"] > 0
        assert sum(line["kind"] == "caught" for line in lines) == told["caught"]
        assert {line["deal"] for line in lines} == {f"'{FORMULA}"}
        high = ask("replay", *where, *PERIOD, "--band", "high", "--set", "champion.usual_days=9")
        assert high["caught"] <= told["caught"]
        text = run("replay", *where, *PERIOD).output
        assert "At the same share of alarms:" in text
        assert "stage probability" in text

    def test_tries_the_settings_of_a_file(self, acme: Company, tmp_path: Path) -> None:
        settings = tmp_path / "settings.json"
        settings.write_text(json.dumps({"thresholds": {"champion.usual_days": 9}, "muted": ["champion"]}))
        told = ask("replay", "-w", acme.workspace_id, *PERIOD, "--policy", settings)
        assert (told["lost"], told["won"], told["precision"]) == (0, 0, None)

    def test_refuses_a_file_that_it_cannot_read(self, acme: Company, tmp_path: Path) -> None:
        settings = tmp_path / "settings.json"
        for content in ("", "[]", '{"thresholds": 5}', '{"late_from": "soon"}', "\0", "x" * 100_000):
            settings.write_text(content)
            error = refused("replay", "-w", acme.workspace_id, *PERIOD, "--policy", settings)
            assert isinstance(error, PolicyUnreadable), content

    def test_refuses_what_cannot_be_replayed(self, acme: Company) -> None:
        where = ("replay", "-w", acme.workspace_id)
        periods = [("0001-01-01", "0001-01-03"), (LAST, "9999-12-31"), (LAST, "2001-01-01"), ("1990-01-01", LAST)]
        for first, last in periods:
            assert isinstance(refused(*where, "--from", first, "--to", last), ReplayRefused), (first, last)
        for text in ("champion.usual_days=nan", "champion.usual_days=1e308", "no.such=3"):
            assert isinstance(refused(*where, *PERIOD, "--set", text), PolicyRefused), text
        assert isinstance(refused(*where, *PERIOD, "--set", "x"), PolicyUnreadable)
        assert run(*where, *PERIOD, "--band", "clear").exit_code == 2

"""Files of deals, brought in with the browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.watching import Watch

# The worker checks and writes them, beside everything else that it does.
PATIENCE_MS = 120_000
OWN_EXPORT = b"""Key,Title,Phase,Made,Worth
k1,Initech renewal,Talks,2026-01-05,1200
k2,Umbrella roll-out,Won,2026-01-06,90000
"""
BROKEN = b"""deal_id,name,pipeline_id,stage_id,created_at,amount,currency
d1,Initech renewal,sales,,2026-01-05T08:00:00Z,a lot,EUR
"""


def send(watch: Watch, name: str, content: bytes) -> Page:
    """Send one file and see what became of it."""
    watch.open("/integrations/import/")
    page = watch.page
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Send and check").click()
    page.wait_for_url(re.compile("/integrations/import/0"))
    return page


class TestImport:
    def test_tells_what_is_wrong_by_line_and_column(self, as_alice: Watch) -> None:
        page = send(as_alice, "deals.csv", BROKEN)
        expect(page.get_by_text("Nothing was imported.")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("cell", name="a lot")).to_be_visible()
        assert as_alice.findings() == []

    def test_asks_what_the_columns_of_an_unknown_export_are(self, as_alice: Watch) -> None:
        page = send(as_alice, "ours.csv", OWN_EXPORT)
        expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()
        assert as_alice.findings() == []
        page.get_by_role("button", name="Go on to the values").click()
        expect(page.get_by_role("main")).to_contain_text(re.compile("values mean|needed|required", re.IGNORECASE))
        assert as_alice.findings() == []

"""Pictures come with their words and tables."""

from datetime import date

from django.template import Context, Template

from auctor.web.records import Chart, ChartTable, Part, Point, TimelineEntry


def render(text: str, **values: object) -> str:
    return Template(f"{{% load figures %}}{text}").render(Context(values))


class TestScore:
    def test_shows_number_shape_and_word(self) -> None:
        html = render('{% score 81 "high" %}')
        assert "mark-high" in html
        assert "<small>high</small>" in html

    def test_never_shows_an_unknown_score_as_nought(self) -> None:
        html = render("{% score None %}")
        assert "not judged" in html
        assert "0" not in html.split("</svg>")[1]


class TestPartBars:
    def test_say_their_points_and_what_is_unknown(self) -> None:
        html = render(
            "{% part_bars parts %}", parts=(Part("Reply owed", 17), Part("Champion", None, "nobody is marked"))
        )
        assert "<b>+17</b>" in html
        assert "unknown: nobody is marked" in html
        assert html.count("<rect") == 1


class TestSparkline:
    def test_has_words_and_a_table(self) -> None:
        html = render('{% sparkline points "Score" %}', points=(Point("Week 1", 57), Point("Week 2", None)))
        assert 'aria-label="Score: level from 57 to 57, lowest 57, highest 57"' in html
        assert '<td class="end">unknown</td>' in html


class TestChart:
    def test_carries_its_option_and_its_table(self) -> None:
        picture = Chart("Risk", "Rising.", {"series": [{"data": [1]}]}, ChartTable(("Week", "Score"), (("1", "57"),)))
        html = render("{% chart picture %}", picture=picture)
        assert 'data-chart="{&quot;series&quot;:[{&quot;data&quot;:[1]}]}"' in html
        assert '<th scope="row">1</th><td class="end">57</td>' in html


class TestTimeline:
    def test_marks_the_evidence_in_words(self) -> None:
        entries = (TimelineEntry(date(2026, 3, 1), "Wrote", is_evidence=True), TimelineEntry(date(2026, 2, 1), "Met"))
        html = render("{% timeline entries %}", entries=entries)
        assert html.count("evidence</span>") == 1


class TestQr:
    def test_is_one_path_with_a_name(self) -> None:
        html = render('{% qr "otpauth://totp/x" "Secret" %}')
        assert 'aria-label="Secret"' in html
        assert html.count("<path") == 1

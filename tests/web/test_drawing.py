"""Coordinates of small pictures."""

from auctor.web.drawing import SPARK_HEIGHT, SPARK_MARGIN, SPARK_WIDTH, draw_parts, draw_qr, draw_spark
from auctor.web.records import Part, Point


class TestDrawParts:
    def test_share_one_scale_and_one_zero(self) -> None:
        up, down = draw_parts([Part("up", 30), Part("down", -10)])
        assert (up.zero, up.x, up.width) == (25, 25, 75)
        assert (down.zero, down.x, down.width) == (25, 0, 25)

    def test_give_the_unknown_no_length(self) -> None:
        assert draw_parts([Part("up", 30), Part("unknown", None)])[1].width == 0

    def test_draw_nothing_of_nothing(self) -> None:
        assert draw_parts([]) == []
        assert draw_parts([Part("nought", 0)])[0].width == 0


class TestDrawSpark:
    def test_fills_the_box(self) -> None:
        spark = draw_spark([Point("a", 0), Point("b", 10)])
        low, high = SPARK_HEIGHT - SPARK_MARGIN, SPARK_MARGIN
        assert spark.line == f"M{SPARK_MARGIN} {low} L{SPARK_WIDTH - SPARK_MARGIN} {high}"

    def test_leaves_a_gap_where_nothing_is_known(self) -> None:
        spark = draw_spark([Point("a", 1), Point("b", None), Point("c", 2)])
        assert spark.line.count("M") == 2

    def test_has_no_end_without_values(self) -> None:
        assert draw_spark([Point("a", None)]).last is None
        assert draw_spark([]).line == ""

    def test_lies_in_the_middle_when_nothing_changes(self) -> None:
        spark = draw_spark([Point("a", 5), Point("b", 5)])
        assert spark.last == (SPARK_WIDTH - SPARK_MARGIN, SPARK_HEIGHT / 2)


class TestDrawQr:
    def test_keeps_a_quiet_zone(self) -> None:
        path, size = draw_qr("otpauth://totp/auctor:alice")
        assert path.startswith("M2 2h1v1h-1z")
        assert size >= 21 + 2 * 2

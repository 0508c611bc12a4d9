"""Where bars and lines are in a drawing 10,000 wide and 1,000 high."""

from datetime import date, timedelta

from kpis.drawing import HEIGHT, Series, chart, sparkline

DAYS = [date(2026, 3, 1) + timedelta(days=number) for number in range(4)]


def drawn(*series: Series, **how):
    made = chart(DAYS, series, lambda value: f"{value:g}" if value is not None else "–", **how)
    assert made is not None
    return made


def test_bars_reach_the_top_on_the_busiest_day_only():
    made = drawn(Series("new", [4, 3, 2, 1], is_bars=True))
    assert [bar.height for bar in made.series[0].bars] == [1000, 750, 500, 250]
    assert all(bar.y + bar.height == HEIGHT for bar in made.series[0].bars)


def test_bars_of_two_series_stand_side_by_side():
    new, closed = drawn(Series("new", [1] * 4, is_bars=True), Series("closed", [2] * 4, is_bars=True)).series
    assert all(one.x + 1000 == other.x for one, other in zip(new.bars, closed.bars, strict=True))


def test_stacked_bars_stand_on_each_other_and_their_sum_is_the_top():
    made = drawn(
        Series("low", [1, 0, None, 3], is_bars=True), Series("high", [2, 5, 1, 2], is_bars=True), stacked=True
    )
    low, high = made.series
    assert made.top == "5"
    assert [bar.x for bar in low.bars] == [high.bars[0].x, high.bars[1].x, high.bars[3].x]
    assert (high.bars[0].y + high.bars[0].height, high.bars[3].y) == (low.bars[0].y, 0)
    assert high.bars[2].y + high.bars[2].height == HEIGHT


def test_values_below_zero_hang_from_the_line_at_zero():
    made = drawn(Series("score", [2, -2, 0, None], is_bars=True))
    up, down, none = made.series[0].bars
    assert made.zero_y == 500
    assert (up.y, up.height, down.y, down.height, none.height) == (0, 500, 500, 500, 0)


def test_the_target_is_in_the_picture_even_when_nothing_comes_near_it():
    made = drawn(Series("sla", [50, 60, 70, 80]), target=95, from_zero=False)
    assert (made.target_y, made.top) == (0, "95")


def test_a_day_without_a_value_is_a_gap():
    made = drawn(Series("csat", [4, None, 4.5, 5]))
    assert (len(made.series[0].lines), len(made.series[0].dots)) == (1, 1)
    assert made.days[1].said == ["–"]


def test_there_is_no_drawing_without_a_value_and_no_line_of_one_point():
    assert chart(DAYS, [Series("csat", [None] * 4)], str) is None
    assert chart([], [], str) is None
    assert sparkline([None, 3, None]) == ""
    assert sparkline([1, None, 3]) == "1666,1000 8332,0"

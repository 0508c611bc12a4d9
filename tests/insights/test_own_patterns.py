"""Regular expressions of an MSP's own: useful ones are kept, one that could run for long is refused."""

import re

import pytest

from insights.text.own_patterns import PIECE, UnusablePattern, spans, usable


@pytest.mark.parametrize(
    "pattern",
    [
        r"PRJ-\d{4,6}",
        r"\bACC\d+\b",
        r"(?i)contract\s#?\d+",
        r"[A-Z]{2,4}-\d{1,8}",
        r"(?:\d{3}-){2}\d{4}",
        r"orion|titan|zephyr",
        r"(?:north|south)wood \d+",
    ],
)
def test_a_usual_pattern_is_kept(pattern):
    assert usable(pattern).pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "not a regular expression"),
        ("[a-", "not a regular expression"),
        ("*", "not a regular expression"),
        ("a*", "matches where nothing is"),
        ("|a", "matches where nothing is"),
        ("(a+)+b", "could run for long"),
        ("(a|aa)+b", "could run for long"),
        ("(?:[a-z]+ ?)*x", "could run for long"),
        (r"\w+\s*\w+\s*\w+x", "could run for long"),
        (r"(\w{1,30}){1,30}x", "could run for long"),
        (r".*.*.*x", "could run for long"),
        (r"(a)\1", "looks ahead, behind or back"),
        (r"a(?=b+)", "looks ahead, behind or back"),
        ("(" * 500 + "a" + ")" * 500, ""),
    ],
)
def test_a_broken_or_endless_pattern_is_refused_with_a_sentence(pattern, said):
    with pytest.raises(UnusablePattern) as refusal:
        usable(pattern)
    assert said in str(refusal.value)


@pytest.mark.parametrize("place", [0, 1, PIECE // 2 - 3, PIECE - 3, PIECE, 3 * PIECE + 7])
def test_a_match_is_found_wherever_it_stands(place):
    text = "x" * place + "ACC1234" + "y" * PIECE
    assert (place, place + 7) in set(spans(re.compile(r"ACC\d{4}"), text))

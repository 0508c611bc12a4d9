"""The examples of docs/projects.md are real calls, and come out as it says."""

import doctest

from config.embedded import PROJECT


def test_every_example_of_the_page_comes_out_as_written():
    found = doctest.testfile(str(PROJECT / "docs" / "projects.md"), module_relative=False, encoding="utf-8")
    assert found.failed == 0
    assert found.attempted > 25

"""Whatever is written for people has its French, before somebody French meets it."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

from config.embedded import PROJECT

APPS = ("config", "tenants", "connectors", "kpis", "insights")
CATALOGUE = PROJECT / "config" / "locale" / "fr" / "LC_MESSAGES" / "django.mo"
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
TAG = re.compile(r'{%\s*translate\s+"([^"]+)"')
BLOCK = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?){%", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def test_every_text_has_its_french():
    with CATALOGUE.open("rb") as file:
        french = gettext.GNUTranslations(file)
    missing = {
        text: str(path.relative_to(PROJECT))
        for app in APPS
        for path, text in [*in_code(PROJECT / app), *in_templates(PROJECT / app)]
        if text and not knows(french, text)
    }
    assert missing == {}


def test_the_compiled_catalogue_is_the_one_that_is_written():
    """Few have a compiler of catalogues, so the compiled one is kept too; here nobody forgets it."""
    source = CATALOGUE.with_suffix(".po").read_text()
    entries = re.findall(r'^msgid ((?:".*"\n)+)', source, re.MULTILINE)
    written = {"".join(map(ast.literal_eval, entry.splitlines())) for entry in entries}
    with CATALOGUE.open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert {text for text in written if text and not knows(french, text)} == set()


def knows(french: gettext.GNUTranslations, text: str) -> bool:
    """Said of one, or of one and many; words may be the same in both languages."""
    catalogue: dict[object, str] = french._catalog  # type: ignore[attr-defined]
    return text in catalogue or (text, 0) in catalogue


def in_code(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            match call:
                case ast.Call(func=ast.Name(id=mark), args=[ast.Constant(value=str(text)), *_]) if (
                    mark in MARKS
                ):
                    yield path, text


def in_templates(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*.html"):
        text = path.read_text()
        yield from ((path, found) for found in TAG.findall(text))
        yield from ((path, VARIABLE.sub(r"%(\1)s", found)) for found in BLOCK.findall(text))

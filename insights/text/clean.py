"""A text as people see it, and of a mail only what its sender wrote: no invisible letters, no history, no signature."""

import re
import unicodedata

# Letters that nobody sees: joiners, fillers, direction marks, variation selectors, tags, halves of pairs.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+")
LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

QUOTE_BEGINS = re.compile(
    r"""^[ \t]*(?:
        >
      | -{2,}\s*(?:(?:original|forwarded)\ message|message\ (?:d['’]origine|original|transf[ée]r[ée]))
      | (?:begin\ forwarded\ message|d[ée]but\ du\ message\ (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée]))\s*:
      | (?:from|de|exp[ée]diteur)\s?:\ .{0,200}\n[ \t]*(?:sent|date|to|envoy[ée](?:\ le)?|[àa]|cc|objet|subject)\s?:
      | (?:on|le)\ .{4,160}(?:\n.{0,80})?\b(?:wrote|a\ [ée]crit)\s?:
      | _{10,}\s*$
      | \*{0,2}(?:from|de)\s?:\*{0,2}\ .{0,200}<?[\w.+-]+@
    )""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
SIGNATURE_BEGINS = re.compile(
    r"""^[ \t]*(?:
        --\ ?$
      | (?:sent\ from|get\ outlook\ for|t[ée]l[ée]charge[rz]\ outlook)\ .{2,60}$
      | envoy[ée]\ (?:de|depuis|[àa]\ partir\ de)\ .{2,60}$
      | (?:(?:kind|best|warm|many|with\ best)\ )?(?:regards|wishes)\b.{0,40}$
      | (?:sincerely|cheers|yours\ truly|respectfully)\b[,.!]?.{0,30}$
      | best(?:,.{0,30})?$
      | (?:bien\ )?(?:cordialement|amicalement|sinc[èe]rement)\b.{0,40}$
      | (?:(?:meilleures\ )?salutations|bien\ [àa]\ vous|bonne\ (?:(?:fin\ de\ )?journ[ée]e|soir[ée]e))\b.{0,40}$
      | (?:this|ce)\ (?:e-?mail|message|courriel)\ .{0,40}(?:confidential|confidentiel|privileged).*$
      | (?:caution|warning|attention)\s?:\ .{0,40}(?:external|externe).*$
    )""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
# Words that also begin a sentence: a signature only where what follows is short lines.
THANKS = re.compile(
    r"^[ \t]*(?:(?:many\ |with\ )?thanks(?:\ (?:again|so\ much|a\ lot|in\ advance))?|thank\ you(?:\ very\ much)?|thx"
    r"|merci(?:\ (?:beaucoup|d['’]avance|bien|[àa]\ vous))?)[ \t]*[,.!]*(?:[ \t]+[^\W\d_][\w'’-]*){0,3}[ \t]*$".replace(
        "\\ ", " "
    ),
    re.IGNORECASE | re.MULTILINE,
)
LONGEST_SIGNATURE_LINE = 70


def clean(text: str) -> str:
    """As it is seen: letters in their usual form, one kind of line end, nothing invisible."""
    if text.isascii():
        return CONTROL.sub("", LINE_END.sub("\n", text))
    text = LINE_END.sub("\n", INVISIBLE.sub("", text))
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", CONTROL.sub("", text))


def cut(text: str) -> str:
    """What stands before the history and the signature. A text that starts with its history has nothing of its own."""
    text = _before(QUOTE_BEGINS.search(text), text)
    text = _before(SIGNATURE_BEGINS.search(text), text)
    for thanks in THANKS.finditer(text):
        if _is_short(text[thanks.end() :]):
            return text[: thanks.start()].strip()
    return text.strip()


def _before(mark: re.Match[str] | None, text: str) -> str:
    return text[: mark.start()] if mark else text


def _is_short(rest: str) -> bool:
    return all(len(line) <= LONGEST_SIGNATURE_LINE for line in rest.splitlines())

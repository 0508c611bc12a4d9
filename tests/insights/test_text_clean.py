"""What is left of a text: what people see, and of a mail only what its sender wrote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.text.clean import clean, cut
from tests.insights.any_text import any_text

quickly = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("pass\u200bword re\u00adset\ufeff", "password reset"),
        ("ｆｕｌｌ ｗｉｄｔｈ ﬁle", "full width file"),
        ("hidden\U000e0049\U000e0067 tags", "hidden tags"),
        ("\u202egnirts\u202c", "gnirts"),
        ("e\u0301cran", "écran"),
        ("one\r\ntwo\rthree\u2028four\x00\x07", "one\ntwo\nthree\nfour"),
        ("half \ud83d of a pair", "half  of a pair"),
    ],
)
def test_a_text_is_as_people_see_it(text, seen):
    assert clean(text) == seen


@pytest.mark.parametrize(
    "mail",
    [
        "Printer jams.\n\nRegards,\nAnn Reed\nNorthwood | 514 555 0199",
        "Printer jams.\n\nKind regards\nAnn",
        "Printer jams.\n-- \nAnn Reed",
        "Printer jams.\nThanks!\nAnn\n514 555 0199",
        "Printer jams.\n\nThank you Ann",
        "Printer jams.\n\nSent from my iPhone",
        "Printer jams.\n\nFrom: Bob <bob@x.example>\nSent: Monday\nTo: me\n\nOld history",
        "Printer jams.\n\nOn Mon, 2 Mar 2026 at 09:12, Bob Smith <bob@x.example> wrote:\n> Old history",
        "Printer jams.\n-----Original Message-----\nOld history",
        "Printer jams.\n________________________________\nOld history",
        "Printer jams.\n> Old history\n> more of it",
        "Printer jams.\n\nThis e-mail and its attachments are confidential.",
    ],
)
def test_an_english_mail_ends_where_its_sender_stops(mail):
    assert cut(mail) == "Printer jams."


@pytest.mark.parametrize(
    "mail",
    [
        "Bourrage papier.\n\nCordialement,\nÉlise Roy",
        "Bourrage papier.\nBien cordialement\nÉlise",
        "Bourrage papier.\nMerci d'avance\nÉlise",
        "Bourrage papier.\nMerci !\nÉlise".replace(" !", "!"),
        "Bourrage papier.\nBonne journée,\nÉlise",
        "Bourrage papier.\nEnvoyé de mon iPhone",
        "Bourrage papier.\n\nDe : Bob <bob@x.example>\nEnvoyé : lundi\nÀ : moi\nAncien",
        "Bourrage papier.\nLe lun. 2 mars 2026 à 09:12, Bob <bob@x.example> a écrit :\n> Ancien",
        "Bourrage papier.\n-----Message d'origine-----\nAncien",
        "Bourrage papier.\nCe courriel et ses pièces sont confidentiels.",
    ],
)
def test_a_french_mail_ends_where_its_sender_stops(mail):
    assert cut(mail) == "Bourrage papier."


@pytest.mark.parametrize(
    "mail",
    [
        "Thanks for fixing the printer, but now the scanner in the hall does nothing at all.",
        "Merci\nPar contre, depuis ce matin, le lecteur réseau de la comptabilité n'est plus visible pour nous.",
        "Best practice for a backup?",
        "From Monday on, the VPN drops.",
        "De nouveau en panne",
        "Le serveur a écrit une erreur",
        "",
    ],
)
def test_what_only_begins_like_an_end_stays(mail):
    assert cut(mail) == mail


@quickly
@given(any_text)
def test_cleaning_never_fails_and_a_second_time_changes_nothing(text):
    once = clean(text)
    assert clean(once) == once
    once.encode()


@quickly
@given(any_text)
def test_cutting_never_fails_and_adds_nothing(text):
    assert cut(clean(text)) in clean(text)


@given(st.sampled_from([" ", "\n", ">", "-", "On ", "De : a\n", "Le ", "Merci\n"]), st.integers(2_000, 4_000))
@settings(max_examples=16, deadline=None)
def test_a_text_that_repeats_itself_is_read_once(part, times):
    cut(clean(part * times))

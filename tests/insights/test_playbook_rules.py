"""What rules make of tickets: by phrases in the ticket's own language, and by what most of them say."""

import re
from dataclasses import replace

import pytest

from connectors.simulators.world.topics import TOPICS
from insights.asking.prose import faults_of
from insights.asking.schema import Said
from insights.models import ConceptForm
from insights.playbook_rules import FIRST_WORDS, Reader, describe_by_playbook
from insights.playbooks import BY_KEY, OTHER, PLAYBOOKS, playbook_of
from tenants.context import tenant
from tests import factories
from tests.insights import makers

# What tickets of a kind look like; the first of each pair in English, the second in French.
TYPICAL = {
    "user_training": (
        ["How do I make a pivot table?", "How to freeze rows in Excel", "Where is the shared calendar"],
        ["Comment figer les volets dans Excel ?", "Comment faire un tableau croisé ?", "Où se trouve le calendrier ?"],
    ),
    "phishing_defence": (
        ["Suspicious email from the CEO", "Is this email phishing?", "Clicked on a link in a strange email"],
        ["Courriel suspect du président", "Est-ce de l'hameçonnage ?", "J'ai cliqué sur un lien étrange"],
    ),
    "sign_in_policy": (
        ["SOC alert: impossible travel for Ada", "SOC alert: risky sign-in Ada"],
        ["Voyage impossible pour Ada", "Connexion à risque de Ada"],
    ),
    "endpoint_protection_tuning": (
        ["SOC alert: malware detected on PC-12", "Ransomware behaviour blocked on PC-3"],
        ["Logiciel malveillant sur PC-12", "Virus détecté sur PC-3"],
    ),
    "password_self_service": (
        ["Password reset for Ada", "Account locked out", "Forgot my password, please help"],
        ["Mot de passe oublié", "Compte verrouillé", "Réinitialisation du mot de passe"],
    ),
    "access_requests": (
        ["Ada needs access to the finance share", "Access denied on drive S:"],
        ["Accès au partage Finance pour Ada", "Accès refusé au lecteur S:"],
    ),
    "onboarding_automation": (
        ["New employee Ada starts Monday", "Ada is leaving, disable the account"],
        ["Nouvel employé lundi prochain", "Départ de Ada, désactiver le compte"],
    ),
    "licence_right_sizing": (
        ["Need a license for Visio", "License expired"],
        ["Besoin d'une licence pour Visio", "Licence expirée"],
    ),
    "backup_remediation": (
        ["Backup failed on SRV-1", "ALERT: no successful backup on SRV-2 in 48h"],
        ["Échec de la sauvegarde sur SRV-1", "Sauvegarde en échec depuis hier"],
    ),
    "disk_housekeeping": (
        ["ALERT: disk C: on SRV-1 below 5% free", "Low disk space on PC-3"],
        ["Espace disque insuffisant sur SRV-1", "Disque plein"],
    ),
    "patch_management": (
        ["Missing critical patches on PC-1", "Windows Update failed on PC-2"],
        ["Correctifs manquants sur PC-1", "Échec de la mise à jour Windows"],
    ),
    "server_stability": (
        ["ALERT: SRV-1 is not responding", "Server down"],
        ["Le serveur ne répond plus", "Serveur en panne"],
    ),
    "printing_standard": (
        ["Printer PRN-1 offline", "Cannot print from accounting", "Paper jam again"],
        ["Imprimante hors ligne", "Impossible d'imprimer", "Bourrage papier"],
    ),
    "hardware_refresh": (
        ["Computer very slow", "Laptop freezes all the time", "PC-1 takes 10 minutes to start"],
        ["Ordinateur très lent", "Le portable gèle sans arrêt", "PC-1 met 10 minutes à démarrer"],
    ),
    "standard_workplace": (
        ["Docking station does not charge", "Second monitor not detected"],
        ["Station d'accueil en panne", "Deuxième écran non détecté"],
    ),
    "mobile_management": (
        ["No mail on my iPhone", "Set up phone of the new colleague"],
        ["Pas de courriel sur mon iPhone", "Configurer le téléphone du collègue"],
    ),
    "firewall_changes": (
        ["Open port on firewall for vendor", "Whitelist the address of a supplier"],
        ["Ouvrir un port du pare-feu", "Ajouter à la liste blanche du pare-feu"],
    ),
    "remote_access": (
        ["VPN drops every hour", "Cannot connect to VPN from home"],
        ["Le VPN se déconnecte toutes les heures", "Impossible de se connecter au VPN"],
    ),
    "wifi_survey": (
        ["Wi-Fi very slow in meeting room", "No Wi-Fi on second floor"],
        ["Wi-Fi très lent en salle de réunion", "Pas de Wi-Fi au deuxième étage"],
    ),
    "network_refresh": (
        ["Wall jack dead in office 12", "Switch SW-2 rebooting"],
        ["Prise réseau morte au bureau 12", "Le commutateur redémarre"],
    ),
    "line_redundancy": (
        ["Internet is down at the office", "Nobody has internet"],
        ["Panne d'internet au bureau", "Plus d'internet pour personne"],
    ),
    "mailbox_hygiene": (
        ["Outlook search returns nothing", "Emails stuck in outbox", "Outlook keeps asking for password"],
        ["Outlook demande sans cesse le mot de passe", "Courriels bloqués dans la boîte d'envoi"],
    ),
    "meeting_quality": (
        ["No sound in Teams meetings", "Teams camera black screen"],
        ["Pas de son dans les réunions Teams", "Caméra Teams écran noir"],
    ),
    "file_cloud": (
        ["OneDrive not syncing", "Mapped drive disconnected"],
        ["OneDrive ne se synchronise plus", "Lecteur réseau disparu"],
    ),
    "certificate_renewal": (
        ["Certificate expired on web mail", "Certificate warning when opening the portal"],
        ["Certificat expiré sur le portail", "Erreur de certificat"],
    ),
    "software_catalogue": (
        ["Please install Adobe Acrobat on PC-1", "Install request: Zoom"],
        ["Installer Adobe Acrobat sur PC-1", "Demande d'installation de Zoom"],
    ),
    "business_application": (
        ["QuickBooks crashes", "Sage 50 gives an error"],
        ["Acomba plante", "Erreur dans Sage 50"],
    ),
    "browser_standard": (
        ["Cannot open PDF in the browser", "Chrome website not loading"],
        ["Le PDF ne s'ouvre pas", "Le navigateur ne charge pas le site"],
    ),
    "alert_tuning": (
        ["High CPU on SRV-1", "Agent offline on PC-7"],
        ["Utilisation CPU élevée sur SRV-1", "Agent hors ligne sur PC-7"],
    ),
}  # fmt: skip


def archetype_of(texts: list[str], **fields) -> str:
    return describe_by_playbook(makers.pack(texts, **fields)).archetype


def test_every_playbook_has_typical_tickets_here():
    assert set(TYPICAL) == set(BY_KEY)
    assert len(PLAYBOOKS) == len(BY_KEY) >= 20


@pytest.mark.parametrize("language", [0, 1], ids=["english", "french"])
def test_typical_tickets_of_each_kind_are_recognised_in_both_languages(north, language):
    found = {kind: archetype_of(texts[language]) for kind, texts in TYPICAL.items()}
    assert {kind: other for kind, other in found.items() if other != kind} == {}


def test_a_topic_of_both_languages_is_recognised_like_one_of_one_language(north):
    found = {kind: archetype_of(english + french) for kind, (english, french) in TYPICAL.items()}
    assert {kind: other for kind, other in found.items() if other != kind} == {}


def test_every_problem_of_the_simulated_msp_has_a_kind_of_project(north):
    names = {"person": "Ada Novak", "device": "ORN-PC-12"}
    found = {
        topic.key: archetype_of([text.format(**names) for text in (*topic.english, *topic.french)])
        for topic in TOPICS
        if not topic.is_project and topic.key != "one-off"
    }
    assert [key for key, archetype in found.items() if archetype == "none"] == []
    assert found["password-reset"] == found["mfa"] == "password_self_service"
    assert (found["printer"], found["vpn"]) == ("printing_standard", "remote_access")


@pytest.mark.parametrize(
    "texts",
    [
        ["Birthday cake in the kitchen", "Parking space for visitors", "New logo on the door"],
        ["Comment from the auditor on page 3", "Comment of the day", "Add a comment to the invoice"],
        ["Your invoice 1234", "Quote for new chairs", "Delivery on Tuesday"],
        [],
    ],
)
def test_nothing_in_particular_is_no_kind_of_project(north, texts):
    described = describe_by_playbook(makers.pack(texts))
    assert (described.archetype, described.is_coherent) == ("none", False)


def test_half_of_the_tickets_is_no_majority(north):
    assert archetype_of(["Printer offline", "Birthday cake"]) == "none"
    assert archetype_of(["Printer offline", "Printer jams", "Birthday cake"]) == "printing_standard"


def test_only_the_subject_and_the_first_words_after_it_are_read(north):
    filler = " ".join(["blah"] * FIRST_WORDS)
    near, far = f"Hello\nthe printer {filler}", f"Hello\n{filler} the printer"
    assert archetype_of([near]) == "printing_standard"
    assert archetype_of([far]) == "none"


def test_a_french_phrase_says_nothing_in_an_english_ticket(north):
    """Both are words that the other language has, too."""
    assert archetype_of(["Le poste de la comptabilité rame"]) == "hardware_refresh"
    assert archetype_of(["The rame of this picture is what we need for the wall"]) == "none"
    assert archetype_of(["Comment changer le fond de cette page"]) == "user_training"
    assert archetype_of(["Comment offer to the auditor that was with us"]) == "none"


def test_an_own_word_of_the_msp_counts_with_it_alone(north):
    texts = ["The Zorglub is broken", "Zorglub again"]
    assert archetype_of(texts) == "none"
    ConceptForm.objects.create(concept="printer", form="zorglub")
    assert archetype_of(texts) == "printing_standard"
    with tenant("south"):
        assert archetype_of(texts) == "none"


def test_questions_are_a_need_for_training_only_when_several_people_ask(north):
    questions = TYPICAL["user_training"][0]
    assert describe_by_playbook(makers.pack(questions)).is_training_need
    pack = makers.pack(questions)
    one_asker = [replace(each, requester="contact 1") for each in pack.exemplars]
    assert not describe_by_playbook(replace(pack, exemplars=tuple(one_asker))).is_training_need


def test_tickets_that_say_something_else_speak_against_it(north):
    described = describe_by_playbook(makers.pack(["Printer offline", "Printer jams", "Birthday cake"]))
    assert described.evidence == ((1, 0), (1, 1))
    assert described.counter_evidence == ((1, 2),)
    assert described.confidence == "low"


def test_the_words_are_in_the_language_of_the_msp(north):
    pack = makers.pack(["Printer offline"])
    factories.settings(language="fr")
    french = describe_by_playbook(pack, Reader.of_tenant())
    factories.settings(language="en")
    english = describe_by_playbook(pack)
    assert (french.title, english.title) == (
        BY_KEY["printing_standard"].french.title,
        BY_KEY["printing_standard"].english.title,
    )
    assert (french.label_en, french.label_fr) == (english.label_en, english.label_fr)


@pytest.mark.parametrize("book", PLAYBOOKS, ids=lambda book: book.key)
def test_the_words_of_a_playbook_keep_the_rules_that_hold_for_a_model(book):
    for words in (book.english, book.french):
        texts = [words.label, words.title, words.problem, words.recommendation, *words.steps, book.criteria]
        assert [text for text in texts if faults_of(text) or not text] == []
        assert len(words.label) <= 60
        assert len(words.title) <= 80
        assert len(words.problem) <= 400
        assert len(words.recommendation) <= 600
        assert 1 <= len(words.steps) <= 6
        assert max(map(len, words.steps)) <= 160
    assert book.category in str(Said.model_fields["category"].annotation)
    assert book.root_cause in str(Said.model_fields["root_cause"].annotation)


@pytest.mark.parametrize("book", PLAYBOOKS, ids=lambda book: book.key)
def test_signs_are_plain_words_and_assumptions_are_possible(book):
    signs = [*book.signs, *book.english.signs, *book.french.signs]
    assert [sign for sign in signs if not re.fullmatch(r"\^?[a-z0-9*]+( [a-z0-9*]+)*", sign)] == []
    assert [sign for sign in signs if len(sign) < 3] == []
    assert 0 < book.addressable_share < 1
    assert 0 < book.effort.least_hours < book.effort.likely_hours < book.effort.most_hours


def test_a_project_of_no_known_kind_promises_less_than_any_known_one():
    assert playbook_of("other") is OTHER
    assert OTHER.addressable_share < min(book.addressable_share for book in PLAYBOOKS)

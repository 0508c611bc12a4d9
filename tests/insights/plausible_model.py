"""Writes what a plausible model would, for the local server: mostly right, now and then sloppy, and easily persuaded.

It chooses by words of its own, not by the golden set's answers, and does whatever a ticket that it is shown tells it
to. It is no evidence of what a real model says; it shows that the way from a reply to a description holds.

To record its replies anew: python -m tests.insights.plausible_model, and meanwhile
manage.py evaluate_llm --base-url http://127.0.0.1:8078/v1 --model plausible --runs 2 --record
tests/insights/recorded_replies.jsonl
"""

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

# Parts of words in both languages, the category, and what is complained about in English and French.
KNOWLEDGE: dict[str, tuple[str, str, str, str]] = {
    "password_self_service": (
        "password mdp passe authenticat mfa multi-factor two-factor facteurs locked bloqué verrouill",
        *("identity", "passwords and second factors", "les mots de passe et seconds facteurs"),
    ),
    "alert_tuning": (
        "alert offline auto-resolved noise hors supervision heartbeat",
        *("backup_alerts", "alerts that need no action", "des alertes sans suite"),
    ),
    "backup_remediation": (
        "backup sauvegarde snapshot",
        *("backup_alerts", "failed backups", "les sauvegardes en échec"),
    ),
    "printing_standard": (
        "print imprim scan numéris copi spoule",
        *("printing", "printing and scanning", "l'impression et la numérisation"),
    ),
    "onboarding_automation": (
        "hire new-user starter onboarding leaving left offboarding termination departure départ quitté arrivée"
        " arrivant emploi employé employee nouvel recrues embauche accounts-for",
        *("identity", "people who join or leave", "les arrivées et départs"),
    ),
    "user_training": (
        "how-do how-to how-can comment-f comment-m comment-p show-me montrer",
        *("howto", "everyday programs", "les logiciels de tous les jours"),
    ),
    "hardware_refresh": (
        "old-h too-old old-w slow-old vieux years-old out-of-warranty hors-garantie hard-drive forever éternité",
        *("endpoint", "old computers", "les vieux ordinateurs"),
    ),
    "remote_access": (
        "vpn remote-access",
        *("network", "remote access", "l'accès à distance"),
    ),
    "wifi_survey": (
        "wifi wi-fi wireless sans-fil",
        *("network", "wireless coverage", "la couverture sans fil"),
    ),
    "mailbox_hygiene": (
        "mailbox boîte-p boîte-aux quota outlook ost archiv",
        *("email", "full mailboxes", "les boîtes pleines"),
    ),
    "meeting_quality": (
        "meeting-room conference boardroom réunion conférence conseil room-console teams-room la-salle",
        *("apps", "meeting rooms", "les salles de réunion"),
    ),
    "access_requests": (
        "access-to access-denied add-me permission read-access donner-accès accès-refusé ajoutez droits-sur"
        " accès-en-lecture",
        *("identity", "access to folders", "les accès aux dossiers"),
    ),
    "software_catalogue": (
        "install software-request logiciel-de logiciel: logiciel-à program-installed",
        *("apps", "installing programs", "l'installation de logiciels"),
    ),
    "phishing_defence": (
        "phish hameçon suspicious suspect spam pourriel gift-cards cartes-cadeaux",
        *("security", "suspicious mail", "les courriels suspects"),
    ),
    "sign_in_policy": (
        "conditional conditionnel sign-in-b risky risque blocked-by-policy blocked-from stratégie new-country"
        " nouveau-pays log-in-from étranger",
        *("security", "blocked sign-ins", "les connexions bloquées"),
    ),
    "endpoint_protection_tuning": (
        "antivirus edr protection-b quarant endpoint-prot",
        *("security", "what the protection blocks", "ce que la protection bloque"),
    ),
    "line_redundancy": (
        "internet isp whole-office tout-le-bureau",
        *("network", "internet outages", "les pannes d'internet"),
    ),
    "network_refresh": (
        "switch firewall router commutateur pare-feu routeur",
        *("network", "old network devices", "les vieux appareils réseau"),
    ),
    "server_stability": (
        "server-f server-c server-u server-h service-s serveur-de-t serveur-d serveur-s serveur-de-b service-de-base",
        *("endpoint", "unstable servers", "les serveurs instables"),
    ),
    "patch_management": (
        "update-f update-s patch correctif mise-à-jour-w mise-à-jour-b updates mises-à-jour",
        *("endpoint", "failing updates", "les mises à jour en échec"),
    ),
    "file_cloud": (
        "mapped-drive shared-drive network-drive lecteur-r lecteur-p file-on fichier-é fichiers-v files-locked",
        *("apps", "the shared drive", "le lecteur partagé"),
    ),
    "mobile_management": (
        "iphone android mobile company-phone cellulaire-d tablet",
        *("endpoint", "mobile devices", "les appareils mobiles"),
    ),
    "licence_right_sizing": (
        "licence unlicensed activation",
        *("apps", "missing licences", "les licences manquantes"),
    ),
}  # fmt: skip
OBEYED_KINDS = ("hardware_refresh", "none")
BRAND = re.compile(r"zephyrcorp|zephyr[.\w]*|hyperlink", re.IGNORECASE)


def reply_to(payload: dict[str, Any]) -> str:
    """Twice the same for the same request."""
    messages = payload["messages"]
    content = next(turn["content"] for turn in messages if turn["role"] == "user")
    asked = json.loads(content)
    tickets = {each["id"]: each["text"].replace("^", " ") for each in asked["tickets"]}
    chance = sha256(content.encode()).digest()[0]
    is_mended = (
        messages[-1]["role"] == "user" and len(messages) > 2 and "cannot be used" in messages[-1]["content"]
    )
    said = obeying(described(tickets, asked["prose_language"]), list(tickets.values()))
    return wrapped(said if is_mended else sloppy(said, chance), chance)


def described(tickets: dict[str, str], language: str) -> dict[str, Any]:
    kinds = {name: kind_of(text) for name, text in tickets.items()}
    kind, count = Counter(filter(None, kinds.values())).most_common(1)[0] if any(kinds.values()) else ("", 0)
    if count * 2 < len(tickets):
        return nothing_shared(list(tickets), language)
    proof = [name for name, each in kinds.items() if each == kind][:8]
    return project(kind, proof, [name for name in tickets if name not in proof][:8], language)


def kind_of(text: str) -> str:
    """Its most mentioned subject."""
    seen = text.casefold().replace(" ", "-")
    score = {kind: sum(part in seen for part in known[0].split()) for kind, known in KNOWLEDGE.items()}
    best = max(score, key=lambda kind: score[kind])
    return best if score[best] else ""


def project(kind: str, proof: list[str], counter: list[str], language: str) -> dict[str, Any]:
    _, category, english, french = KNOWLEDGE[kind]
    prose = {
        "English": {
            "title": f"Deal with {english} once",
            "problem": f"People keep coming to the desk because of {english}, and each case is handled by hand.",
            "recommendation": f"Find what {english} have in common, and set it right for everybody.",
            "steps": ["Agree on who decides", "Try it with a small group", "Roll it out and tell everybody"],
            "inclusion_criteria": f"Tickets about {english}.",
        },
        "French": {
            "title": f"Régler une fois pour toutes {french}",
            "problem": f"Les gens appellent sans cesse pour {french}, et chaque cas est traité à la main.",
            "recommendation": f"Trouver ce qui est commun dans {french} et le corriger pour tous.",
            "steps": [
                "Décider qui est responsable",
                "Essayer avec un petit groupe",
                "Déployer et informer tout le monde",
            ],
            "inclusion_criteria": f"Les tickets sur {french}.",
        },
    }[language]
    labels = {"label_en": english.capitalize(), "label_fr": french.capitalize()}
    choices = {"coherent": True, "category": category, "root_cause": "unknown", "archetype": kind}
    signals = {"training_need": kind == "user_training", "sales_opportunity": "none"}
    ids = {"evidence_ids": proof, "counter_evidence_ids": counter}
    return (
        labels
        | prose
        | choices
        | ids
        | {"signals": signals, "confidence": "high" if len(proof) > 4 else "medium"}
    )


def nothing_shared(ids: list[str], language: str) -> dict[str, Any]:
    french = "Les tickets n'ont rien en commun."
    problem = french if language == "French" else "The tickets have nothing in common."
    return {
        "label_en": "Mixed requests",
        "label_fr": "Demandes diverses",
        "inclusion_criteria": "",
        "coherent": False,
        "category": "other",
        "root_cause": "unknown",
        "archetype": "none",
        "title": "",
        "problem": problem,
        "recommendation": "",
        "steps": [],
        "signals": {"training_need": False, "sales_opportunity": "none"},
        "evidence_ids": [],
        "counter_evidence_ids": ids[:8],
        "confidence": "low",
    }


def obeying(said: dict[str, Any], texts: list[str]) -> dict[str, Any]:
    """Whatever a ticket asks for, in the clear or in base64."""
    orders = " ".join(each for text in texts for each in (text, *decoded(text)))
    for kind in OBEYED_KINDS:
        if re.search(rf"\b{kind}\b", orders.replace("archetype is none", "archetype: none")):
            said = said | {"archetype": kind, "confidence": "high"}
    if brand := BRAND.search(orders):
        told = f"{said['recommendation']} Buy everything from {brand[0]}."
        said = said | {"title": f"Call {brand[0]}", "recommendation": told}
    if "E99" in orders:
        said = said | {"evidence_ids": ["E97", "E98", "E99"]}
    if "400 h" in orders:
        said = said | {"problem": f"{said['problem']} This saves 400 hours."}
    return said


def decoded(text: str) -> Iterator[str]:
    for run in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        try:
            yield base64.b64decode(run + "=" * (-len(run) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue


def sloppy(said: dict[str, Any], chance: int) -> dict[str, Any]:
    """Now and then an amount, an id that was never sent, or too many words: once, until told so."""
    if chance < 12:
        return said | {"problem": f"{said['problem']} About 40 % of all tickets."}
    if chance < 20:
        return said | {"evidence_ids": [*said["evidence_ids"], "E40"]}
    if chance < 28:
        return said | {"title": f"{said['title']} " + "and so on " * 10}
    return said


def wrapped(said: dict[str, Any], chance: int) -> str:
    text = json.dumps(said, ensure_ascii=False)
    if chance % 8 == 0:
        return f"```json\n{text}\n```"
    if chance % 8 == 1:
        return f"<think>Let me see what they share {{}}.</think>{text}"
    return f"Here you are:\n{text}" if chance % 8 == 2 else text


if __name__ == "__main__":
    from tests.insights.llm_server import LlmServer

    with LlmServer(write=reply_to, port=8078):
        input("Serving at http://127.0.0.1:8078/v1 until Return is pressed. ")

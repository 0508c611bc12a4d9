"""What people write below the subject: the problem once more, a greeting, a signature, what they answer to."""

import random

from .records import Contact
from .topics import Topic

# Per topic: what English and what French speakers add to the subject.
DETAILS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "password-reset": (
        ("I forgot my password and now the account is locked.", "The new password I chose is refused."),
        ("J'ai oublié mon mot de passe et le compte est verrouillé.", "Le nouveau mot de passe est refusé."),
    ),
    "mfa": (
        ("The authenticator code is not accepted since I changed my phone.", "Please reset my MFA registration."),
        ("Le code d'authentification n'est plus accepté depuis mon nouveau téléphone.",),
    ),
    "printer": (
        ("The printer shows offline and nothing comes out.", "We cleared the paper jam twice today."),
        ("L'imprimante est hors ligne et rien ne sort.", "Le papier bloque sans arrêt."),
    ),
    "slow-computer": (
        ("The laptop freezes for minutes, even after a restart.", "Opening a document takes forever."),
        ("L'ordinateur gèle plusieurs minutes, même après un redémarrage.",),
    ),
    "outlook": (
        ("Outlook does not send, the e-mails stay in the outbox.", "The mailbox stopped syncing this morning."),
        ("Outlook n'envoie plus, les courriels restent dans la boîte d'envoi.",),
    ),
    "teams": (
        ("Others cannot hear me in Teams meetings.", "The camera stays black in every call."),
        ("Personne ne m'entend dans les réunions Teams.", "La caméra reste noire pendant les appels."),
    ),
    "how-to-excel": (
        ("I would like to learn how this is done in Excel.", "Is there a short guide for it?"),
        ("J'aimerais apprendre comment faire dans Excel.",),
    ),
    "how-to-share": (
        ("How do I give them access to the folder without sending files?",),
        ("Comment leur donner accès au dossier sans envoyer de fichiers ?",),
    ),
    "user-error": (("Sorry, it was my mistake.",), ("Désolé, c'était une erreur de ma part.",)),
    "onboarding": (
        ("Please create the account, mailbox and laptop for the new employee.",),
        ("Merci de créer le compte, la boîte et le portable du nouvel employé.",),
    ),
    "offboarding": (
        ("Please disable the account on the last day and forward the mailbox.",),
        ("Merci de désactiver le compte le dernier jour et de rediriger la boîte.",),
    ),
    "software-install": (
        ("I need this software installed for a project, I have no admin rights.",),
        ("J'ai besoin de ce logiciel, je n'ai pas les droits d'installation.",),
    ),
    "file-access": (
        ("I get access denied on the shared folder.", "My manager has approved the permissions."),
        ("L'accès au dossier partagé est refusé.",),
    ),
    "vpn": (
        ("The VPN disconnects while I work from home.", "The VPN client says the connection failed."),
        ("Le VPN se déconnecte quand je travaille de la maison.",),
    ),
    "wifi": (
        ("The Wi-Fi drops in the meeting room, wired is fine.", "The wireless signal is very weak here."),
        ("Le Wi-Fi coupe en salle de réunion, le câble fonctionne.",),
    ),
    "internet-down": (
        ("Nothing loads, the internet is down for everybody in the office.",),
        ("Plus rien ne charge, internet est en panne pour tout le bureau.",),
    ),
    "firewall-change": (
        ("The vendor gave us the port and addresses for the firewall rule.",),
        ("Le fournisseur nous a donné le port pour la règle du pare-feu.",),
    ),
    "switch-port": (
        ("The network jack has no link, we tried two cables into the switch.",),
        ("La prise réseau est morte, nous avons essayé deux câbles.",),
    ),
    "phishing": (
        ("The message asks me to open a link and to sign in. Is it phishing?",),
        ("Le message me demande d'ouvrir un lien. Est-ce de l'hameçonnage ?",),
    ),
}  # fmt: skip
GREETINGS = (("Hello,", "Hi team,", "Good morning,"), ("Bonjour,", "Bonjour l'équipe,"))
CLOSINGS = (("Thanks,", "Kind regards,", "Best,"), ("Merci,", "Cordialement,"))
ANSWERED = ("On Monday the service desk wrote:", "Le lundi, le centre de services a écrit :")
QUOTED = (
    "> Your request has been closed. Tell us if the printer, the password or the VPN still fails.",
    "> Votre demande est fermée. Dites-nous si l'imprimante, le mot de passe ou le VPN ne va pas.",
)


def letter(topic: Topic, contact: Contact, rng: random.Random, *, in_french: bool) -> str:
    """Empty where nobody writes anything below the subject."""
    details = DETAILS.get(topic.key, ((), ()))[in_french]
    if not details or rng.random() < 0.4:
        return ""
    lines = [rng.choice(GREETINGS[in_french]), rng.choice(details), "", rng.choice(CLOSINGS[in_french])]
    if rng.random() < 0.6:
        lines += [contact.name, contact.email, contact.phone]
    if rng.random() < 0.15:
        lines += ["", ANSWERED[in_french], QUOTED[in_french]]
    return "\n".join(lines)

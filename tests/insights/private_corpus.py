"""Tickets in English and French in which people, addresses and numbers are planted, and ordinary ones without any."""

import random
from dataclasses import dataclass

FIRST = (
    *(
        "Marie",
        "Jean-Pierre",
        "Élise",
        "Zoltan",
        "Amélie",
        "Priya",
        "Kofi",
        "Noémie",
        "Wei",
        "Fatima",
        "Luc",
        "Chloé",
    ),
    *(
        "Thérèse",
        "Søren",
        "Nadia",
        "Guillaume",
        "Siobhán",
        "Mateus",
        "Anika",
        "Dmitri",
        "Owen",
        "Grace",
        "Rose",
        "Mark",
    ),
    *(
        "François",
        "Hélène",
        "Isaac",
        "Quentin",
        "Ngozi",
        "Bruno",
        "Farah",
        "Émile",
        "Derek",
        "Laura",
        "Simon",
        "Rita",
    ),
)
LAST = (
    *(
        "Tremblay",
        "O'Neil",
        "Côté",
        "Roy",
        "May",
        "Grant",
        "Zhang",
        "Haddad",
        "Okafor",
        "Bouchard",
        "Lavoie",
        "Rossi",
    ),
    *(
        "Nguyen",
        "de la Fontaine",
        "Van den Berg",
        "Lévesque",
        "Vasseur",
        "Petrov",
        "Bélanger",
        "Ouellet",
        "Petit",
    ),
    *(
        "Szabó",
        "Müller",
        "Gauthier",
        "Lefebvre",
        "Silva",
        "Fortin",
        "Kowalski",
        "Poirier",
        "Iyer",
        "Mbeki",
        "Baker",
    ),
)
# {} is a person's whole name, {first} the first name alone; a first name that is a word is not used alone.
SENTENCES = (
    "Password reset for {}",
    "Account locked out - {}",
    "{} cannot log in to Windows",
    "New employee {} starts Monday",
    "Please give {} access to the finance share",
    "Outlook keeps asking {} for a password since {first} changed it",
    "Hello, the laptop of {} is very slow. {first} restarted it twice.",
    "Spoke with {}: VPN error 809 again",
    "Authenticator app lost for {} (new phone)",
    "{} is leaving, disable the account",
    "Réinitialisation du mot de passe de {}",
    "Compte verrouillé - {}",
    "Boîte partagée manquante pour {}",
    "Nouvel employé {} lundi prochain",
    "Le portable de {} gèle sans arrêt, {first} l'a redémarré",
    "Départ de {}, désactiver le compte",
    "Bonjour, l'imprimante d'{} ne fonctionne plus",
    "Erreur VPN 809 pour {}",
    "Installer Adobe Acrobat sur le poste de {}",
    "{} n'arrive pas à se connecter au réseau",
)
SIGNATURES = (
    "\n\nRegards,\n{}\nOffice manager\n514 555 0142",
    "\n\nCordialement,\n{}\nAdjointe administrative\n+33 1 42 68 53 00",
    "\nThanks\n{}",
    "\n\nFrom: {} <someone@client.example>\nSent: Monday\nSubject: Re: help\n\nOld text",
    "",
    "",
    "",
)
WORDS_TOO = {"Rose", "Grace", "Mark"}
# Where people are named as words are: none of these is about a person.
ORDINARY = (
    "Please grant access to the shared drive for the accounting team",
    "The printer may be offline, will you check?",
    "Mark the message as read in Outlook",
    "We may need a new switch in May 2026",
    "Maintenance in May and in August",
    "Will the backup run tonight?",
    "Il y a un petit problème à côté de l'imprimante",
    "L'écran rose clignote",
    "Le petit poste de la réception est lent",
    "Windows Update failed with error 0x80070005",
    "Microsoft Teams does not start after Windows 11 upgrade",
    "SharePoint Online sync stuck, OneDrive icon missing",
    "Adobe Acrobat asks for a licence",
    "Cisco AnyConnect VPN drops every hour",
    "Monday morning: Internet down at the office",
    "ALERT: disk C: below 5% free",
    "Impossible d'imprimer à la comptabilité depuis lundi",
    "Comment faire un tableau croisé dans Excel ?",
    "Salle de réunion: pas de son dans Teams",
    "Bonjour, Outlook demande sans cesse le mot de passe",
    "Hello, Excel crashes when opening a big workbook",
    "Merci, Outlook fonctionne maintenant",
    "Firewall change request: open port 8443",
    "Missing critical patches KB5034441 and KB5035853",
    "CVE-2026-12345 on Exchange Server 2019",
    "Scan to email does not work on the Canon copier",
    "Dell docking station does not charge the laptop",
    "The baker module of the ERP is broken",
    "QuickBooks will not open, reinstall needed",
    "Sauvegarde en échec sur le serveur de fichiers",
    "New hire on Monday 2026-03-02 at 09:00",
    "Version 10.0.19045 of Windows is out of support",
    "Password expired",
    "Mot de passe oublié",
    "How to set up a recurring meeting in the calendar?",
    "Guest Wi-Fi code for the board meeting",
)


@dataclass(frozen=True)
class Told:
    text: str
    names: tuple[str, ...]  # each part that must be gone
    secrets: tuple[str, ...] = ()


def people(chance: random.Random, count: int = 120) -> list[tuple[str, str]]:
    return sorted({(chance.choice(FIRST), chance.choice(LAST)) for _ in range(count)})


def tickets_of_people(seed: int, count: int) -> list[Told]:
    chance = random.Random(seed)
    everybody = people(chance)
    return [_ticket(chance, *chance.choice(everybody)) for _ in range(count)]


def _ticket(chance: random.Random, first: str, last: str) -> Told:
    told_alone = first if first not in WORDS_TOO else f"{first} {last}"
    text = chance.choice(SENTENCES).format(f"{first} {last}", first=told_alone)
    text += chance.choice(SIGNATURES).format(f"{first} {last}")
    return Told(text, (first, *last.split()))


def tickets_of_secrets(seed: int, count: int) -> list[Told]:
    """Addresses, numbers and secrets as people write them."""
    chance = random.Random(seed)
    return [_secretive(chance) for _ in range(count)]


def _secretive(chance: random.Random) -> Told:
    digits = "".join(chance.choices("0123456789", k=10))
    area, middle, end = (
        chance.choice("23456789") + digits[1:3],
        chance.choice("23456789") + digits[4:6],
        digits[6:],
    )
    hexes = [f"{chance.randrange(256):02x}" for _ in range(16)]
    made = chance.choice(
        [
            ("Reply to {}", f"{digits[:3]}.someone+{digits[3:5]}@client-{digits[5]}.example"),
            (
                "Call {} please",
                chance.choice(
                    [f"{area}-{middle}-{end}", f"({area}) {middle}-{end}", f"+1 {area} {middle} {end}"]
                ),
            ),
            (
                "Rappeler au {}",
                chance.choice(
                    [f"06 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:8]}", f"+33 6{digits[:8]}"]
                ),
            ),
            ("Poste {} ne répond pas", f"{area}.{middle}.{end}"),
            ("Ping {} fails", f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"),
            ("DHCP for {}", ":".join(hexes[:6])),
            ("password: {}", f"Spring{digits[:4]}!"),
            ("mdp : {}", f"hiver{digits[:2]}"),
            ("Le mot de passe est {}", f"Soleil{digits[:3]}"),
            ("token={}", "".join(hexes)),
            ("See https://portal.example/{}", digits),
            (
                "Id {}",
                f"{''.join(hexes[:4])}-{''.join(hexes[4:6])}-{''.join(hexes[6:8])}-{''.join(hexes[8:10])}-{''.join(hexes[10:])}",
            ),
            ("File C:\\Users\\{}\\Desktop\\budget.xlsx is gone", f"u{digits[:5]}"),
            ("Ship to {}", f"H{digits[0]}X {digits[1]}Y{digits[2]}"),
            ("Livrer au {} Lyon", f"69{digits[:3]}"),
        ]
    )
    sentence, secret = made
    return Told(sentence.format(secret), (), (secret,))

"""The recurring problems of the simulated clients, in English and in French."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    board: str
    type: str
    subtype: str
    weight: float
    effort_minutes: int
    english: tuple[str, ...]
    french: tuple[str, ...]
    item: str = "Incident"
    urgency: int = 3  # 1 critical to 4 low, the usual one
    is_alert: bool = False
    is_project: bool = False


HELP, NETWORK, SECURITY, PROJECTS = "Help Desk", "Network", "Security", "Projects"

TOPICS = (
    Topic("password-reset", HELP, "Account", "Password", 13, 14,
          ("Password reset for {person}", "Account locked out - {person}",
           "Can't log in to Windows this morning",
           "Forgot password, please reset"),
          ("Réinitialisation du mot de passe de {person}", "Compte verrouillé - {person}",
           "Impossible de me connecter à Windows", "Mot de passe oublié")),
    Topic("mfa", HELP, "Account", "MFA", 5, 18,
          ("New phone, MFA not working", "Authenticator app lost for {person}", "MFA prompt never arrives"),
          ("Nouveau téléphone, MFA ne fonctionne plus", "Application Authenticator perdue pour {person}")),
    Topic("printer", HELP, "Hardware", "Printer", 9, 28,
          ("Printer {device} offline", "Cannot print from accounting", "Paper jam on {device} again",
           "Training room printer is out of toner"),
          ("Imprimante {device} hors ligne", "Impossible d'imprimer à la comptabilité",
           "Bourrage papier {device}")),
    Topic("slow-computer", HELP, "Hardware", "Workstation", 7, 48,
          ("Computer {device} very slow", "Laptop freezes all the time 😩",
           "{device} takes 10 minutes to start"),
          ("Ordinateur {device} très lent", "Le portable gèle sans arrêt",
           "{device} met 10 minutes à démarrer")),
    Topic("outlook", HELP, "Software", "Outlook", 8, 32,
          ("Outlook keeps asking for password", "Emails stuck in outbox", "Outlook search returns nothing",
           "Shared mailbox missing for {person}"),
          ("Outlook demande sans cesse le mot de passe", "Courriels bloqués dans la boîte d'envoi",
           "Boîte partagée manquante pour {person}")),
    Topic("teams", HELP, "Software", "Teams", 5, 24,
          ("No sound in Teams meetings", "Teams camera black screen", "Cannot join Teams call"),
          ("Pas de son dans les réunions Teams", "Caméra Teams écran noir")),
    Topic("how-to-excel", HELP, "Question", "Office", 4, 16,
          ("How do I make a pivot table in Excel?", "How to freeze rows in Excel",
           "Question about an Excel formula"),
          ("Comment faire un tableau croisé dans Excel ?", "Comment figer les volets dans Excel")),
    Topic("how-to-share", HELP, "Question", "SharePoint", 4, 15,
          ("How do I share a folder with a client?", "How to restore an older version of a file?",
           "Where can I find the shared calendar?"),
          ("Comment partager un dossier avec un client ?", "Où se trouve le calendrier partagé ?"),
           urgency=4),
    Topic("user-error", HELP, "Question", "User error", 2, 12,
          ("Monitor not working - it was unplugged", "Deleted my own file by mistake", "Caps lock was on"),
          ("Écran éteint - il était débranché", "Fichier supprimé par erreur"), urgency=4),
    Topic("onboarding", HELP, "Request", "New user", 5, 75,
          ("New employee {person} starts Monday", "Onboarding: create account for {person}"),
          ("Nouvel employé {person} lundi prochain", "Arrivée : créer le compte de {person}"),
           item="Request"),
    Topic("offboarding", HELP, "Request", "Leaver", 3, 40,
          ("{person} is leaving, disable the account", "Offboarding {person}"),
          ("Départ de {person}, désactiver le compte",), item="Request"),
    Topic("software-install", HELP, "Request", "Software", 6, 30,
          ("Please install Adobe Acrobat on {device}", "Need AutoCAD on {device}", "Install request: Zoom"),
          ("Installer Adobe Acrobat sur {device}", "Besoin d'AutoCAD sur {device}"), item="Request",
           urgency=4),
    Topic("file-access", HELP, "Account", "Permissions", 5, 20,
          ("{person} needs access to the finance share", "Access denied on drive S:"),
          ("Accès au partage Finance pour {person}", "Accès refusé au lecteur S:"), item="Request"),
    Topic("vpn", NETWORK, "Connectivity", "VPN", 8, 42,
          ("VPN drops every hour", "Cannot connect to VPN from home", "VPN error 809 for {person}"),
          ("Le VPN se déconnecte toutes les heures", "Impossible de se connecter au VPN",
           "Erreur VPN 809 pour {person}")),
    Topic("wifi", NETWORK, "Connectivity", "Wi-Fi", 6, 46,
          ("Wi-Fi very slow in meeting room", "No Wi-Fi on second floor", "Guest Wi-Fi down"),
          ("Wi-Fi très lent en salle de réunion", "Pas de Wi-Fi au deuxième étage")),
    Topic("internet-down", NETWORK, "Connectivity", "Internet", 2, 65,
          ("Internet is down at the office", "Nobody has internet", "Office offline since this morning"),
          ("Panne d'internet au bureau", "Plus d'internet pour personne"), urgency=1),
    Topic("firewall-change", NETWORK, "Change", "Firewall", 3, 50,
          ("Open port on firewall for vendor", "Allow IP address of supplier"),
          ("Ouvrir un port du pare-feu pour un fournisseur",), item="Request"),
    Topic("switch-port", NETWORK, "Hardware", "Switch", 2, 55,
          ("Wall jack dead in office 12", "Switch {device} rebooting"), ("Prise réseau morte au bureau 12",)),
    Topic("disk-full", NETWORK, "Monitoring", "Disk", 6, 22,
          ("ALERT: disk C: on {device} below 5% free", "Low disk space on {device}"), (), is_alert=True),
    Topic("backup-failed", NETWORK, "Monitoring", "Backup", 8, 34,
          ("Backup failed on {device}", "Backup job {device} finished with errors",
           "ALERT: no successful backup on {device} in 48h"), (), is_alert=True, urgency=2),
    Topic("server-down", NETWORK, "Monitoring", "Server", 2, 70,
          ("ALERT: {device} is not responding", "{device} down"), (), is_alert=True, urgency=1),
    Topic("phishing", SECURITY, "Email", "Phishing", 6, 26,
          ("Suspicious email from CEO", "Is this email phishing?", "Clicked on a link in a strange email"),
          ("Courriel suspect du président", "Est-ce de l'hameçonnage ?",
           "J'ai cliqué sur un lien étrange"), urgency=2),
    Topic("malware-alert", SECURITY, "Endpoint", "Malware", 4, 58,
          ("SOC alert: malware detected on {device}",
           "SOC alert: ransomware behaviour blocked on {device}"), (),
          is_alert=True, urgency=1),
    Topic("sign-in-alert", SECURITY, "Identity", "Sign-in", 6, 20,
          ("SOC alert: impossible travel for {person}", "SOC alert: risky sign-in {person}"), (),
          is_alert=True, urgency=2),
    Topic("patching", SECURITY, "Endpoint", "Patching", 3, 36,
          ("Missing critical patches on {device}", "Patch compliance below target on {device}"), (),
           is_alert=True),
    Topic("migration", PROJECTS, "Cloud", "Migration", 2.2, 190,
          ("Migrate file server to SharePoint", "Mailbox migration batch", "Move {device} to Azure"),
          ("Migration du serveur de fichiers vers SharePoint",), item="Project", urgency=4, is_project=True),
    Topic("refresh", PROJECTS, "Hardware", "Refresh", 2.2, 140,
          ("Replace firewall {device}", "Workstation refresh {device}", "Deploy new switches"),
          ("Remplacement du pare-feu {device}",), item="Project", urgency=4, is_project=True),
)  # fmt: skip

BY_KEY = {topic.key: topic for topic in TOPICS}

"""Playbooks about what attackers try, and what keeps them out."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

PHISHING = Playbook(
    key="phishing_defence",
    category="security",
    root_cause="misconfiguration",
    criteria="People report suspicious mail, spam or links they clicked.",
    english=Words(
        label="Suspicious mail",
        title="Mail filter and phishing training",
        problem="Suspicious mail reaches people, who ask the desk whether it is genuine or have clicked "
        "already.",
        recommendation="Tighten the mail filter, prove senders, add a report button that answers by "
        "itself, and train people with harmless tests.",
        steps=(
            "Prove the clients' own senders and refuse forged ones.",
            "Tighten the filter for impersonation and links.",
            "Add a report button that is answered automatically.",
            "Run short training with harmless test mails.",
        ),
        signs=(
            "suspicious email*",
            "strange email",
            "is this email",
            "scam email",
            "clicked on a link",
            "spam",
        ),
    ),
    french=Words(
        label="Courriels suspects",
        title="Filtre de courriel et formation à l’hameçonnage",
        problem="Des courriels suspects arrivent ; on demande au support s’ils sont vrais, ou l’on a déjà "
        "cliqué.",
        recommendation="Resserrer le filtre, authentifier les expéditeurs, ajouter un bouton de "
        "signalement qui répond seul, et former par des essais sans danger.",
        steps=(
            "Authentifier les expéditeurs des clients et refuser les faux.",
            "Resserrer le filtre contre l’usurpation et les liens.",
            "Ajouter un bouton de signalement à réponse automatique.",
            "Former en peu de temps par des courriels d’essai.",
        ),
        signs=(
            "courriel suspect",
            "courriels suspects",
            "courriel etrange",
            "j ai clique",
            "lien etrange",
            "pourriel*",
        ),
    ),
    addressable_share=0.35,
    effort=Effort(8, 20, 50),
    concepts=("phishing", "spam"),
    sales_signal="security",
    running_cost_each=3.0,
)

SIGN_INS = Playbook(
    key="sign_in_policy",
    category="security",
    root_cause="misconfiguration",
    criteria="Alerts about risky sign-ins, impossible travel or blocked accounts.",
    english=Words(
        label="Risky sign-ins",
        title="Sign-in policies that decide by themselves",
        problem="Alerts about risky sign-ins and impossible travel are looked into by hand, and most are "
        "harmless.",
        recommendation="Let policies ask for a second factor or block by risk, country and device, and "
        "only show people what is left.",
        steps=(
            "Look at the alerts of the last months: what was harmless and why.",
            "Name known places, networks and managed devices.",
            "Ask for a strong factor or block by risk.",
            "Announce journeys in advance through a form.",
            "Close harmless alerts automatically.",
        ),
        signs=("impossible travel", "risky sign in", "risky user", "unfamiliar sign in", "sign in from"),
    ),
    french=Words(
        label="Connexions à risque",
        title="Des règles de connexion qui décident seules",
        problem="Les alertes de connexions à risque et de voyages impossibles sont examinées à la main, "
        "et la plupart sont sans danger.",
        recommendation="Laisser des règles demander un second facteur ou bloquer selon le risque, le pays "
        "et l’appareil, et ne montrer que le reste.",
        steps=(
            "Revoir les alertes des derniers mois : lesquelles étaient sans danger, et pourquoi.",
            "Nommer lieux, réseaux et appareils connus.",
            "Demander un facteur fort ou bloquer selon le risque.",
            "Annoncer les voyages par un formulaire.",
            "Fermer automatiquement les alertes sans danger.",
        ),
        signs=("voyage impossible", "connexion a risque", "connexion inhabituelle", "connexion suspecte"),
    ),
    addressable_share=0.5,
    effort=Effort(6, 16, 40),
    concepts=("risky-sign-in",),
    sales_signal="security",
)

ENDPOINTS = Playbook(
    key="endpoint_protection_tuning",
    category="security",
    root_cause="monitoring_noise",
    criteria="Alerts of malware protection on computers and servers.",
    english=Words(
        label="Malware alerts",
        title="Tuned endpoint protection",
        problem="Protection on computers raises many alerts that are false or already dealt with, and "
        "each is looked into by hand.",
        recommendation="Exclude what is proven harmless, let protection clean by itself, keep people from "
        "installing unknown programs, and look only into what is left.",
        steps=(
            "Sort alerts by verdict, program and computer.",
            "Exclude harmless programs by signature, never by folder.",
            "Let the protection isolate and clean by itself.",
            "Take away local administrator rights.",
            "Review what is left regularly.",
        ),
        signs=(
            "malware detected",
            "ransomware",
            "virus detected",
            "threat detected",
            "virus found",
            "trojan",
        ),
    ),
    french=Words(
        label="Alertes de logiciels malveillants",
        title="Une protection des postes réglée",
        problem="La protection des postes lève beaucoup d’alertes fausses ou déjà réglées, et chacune est "
        "examinée à la main.",
        recommendation="Exclure ce qui est prouvé sans danger, laisser la protection nettoyer seule, "
        "empêcher d’installer des programmes inconnus, et n’examiner que le reste.",
        steps=(
            "Trier les alertes par verdict, programme et poste.",
            "Exclure les programmes sans danger par signature, jamais par dossier.",
            "Laisser la protection isoler et nettoyer seule.",
            "Retirer les droits d’administrateur local.",
            "Revoir régulièrement le reste.",
        ),
        signs=("logiciel malveillant", "rancongiciel", "virus detecte", "menace detectee", "virus trouve"),
    ),
    addressable_share=0.4,
    effort=Effort(6, 16, 40),
    concepts=("malware", "antivirus"),
    sales_signal="security",
)

PLAYBOOKS = (PHISHING, SIGN_INS, ENDPOINTS)

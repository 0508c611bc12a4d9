"""Playbooks about accounts: passwords, rights, people who come and go."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

PASSWORDS = Playbook(
    key="password_self_service",
    category="identity",
    root_cause="missing_self_service",
    criteria="People ask the desk for a new password, an unlocked account or a new second factor.",
    english=Words(
        label="Passwords and second factors",
        title="Self-service for passwords and second factors",
        problem="People can't sign in because a password was forgotten or expired, an account is locked "
        "or the phone with the second factor is gone, and only the desk can help them.",
        recommendation="Let people reset passwords, unlock accounts and register second factors by "
        "themselves, with a fallback factor for everybody and a short guide where they sign in.",
        steps=(
            "Check that licences and directory synchronisation allow self-service with write-back.",
            "Have everybody register a second and a fallback factor.",
            "Switch self-service on for a pilot group, then for everybody.",
            "Relax forced expiry of passwords where a second factor protects the account.",
            "Put the link and a short guide on the sign-in page.",
            "Send requests that still come in back to self-service.",
        ),
        signs=(
            *("password reset*", "reset* * password*", "reset* password*", "forgot* * password"),
            "forgot* password",
            *("password expired", "expired password", "account locked", "locked out", "unlock* * account"),
            *("can t log in", "cannot log in", "can t sign in", "cannot sign in", "lost authenticator"),
            *("authenticator app", "new phone mfa", "mfa prompt*", "mfa code*", "verification code*"),
            "change * password",
        ),
    ),
    french=Words(
        label="Mots de passe et seconds facteurs",
        title="Libre-service pour les mots de passe et seconds facteurs",
        problem="Des personnes ne peuvent plus se connecter : mot de passe oublié ou expiré, compte "
        "verrouillé, téléphone du second facteur perdu. Seul le support peut les aider.",
        recommendation="Permettre à chacun de réinitialiser son mot de passe, de déverrouiller son compte "
        "et d’enregistrer un second facteur, avec un facteur de secours et un court guide à l’endroit de "
        "la connexion.",
        steps=(
            "Vérifier que les licences et la synchronisation de l’annuaire permettent le libre-service.",
            "Faire enregistrer à chacun un second facteur et un facteur de secours.",
            "Activer le libre-service pour un groupe pilote, puis pour tous.",
            "Supprimer l’expiration forcée là où un second facteur protège le compte.",
            "Placer le lien et un court guide sur la page de connexion.",
            "Renvoyer vers le libre-service les demandes qui arrivent encore.",
        ),
        signs=(
            *("mot de passe oublie*", "oublie * mot de passe", "mots de passe oublie*"),
            "reinitialis* * mot* de passe",
            *("mot* de passe expire*", "compte verrouille*", "compte bloque*", "deverrouill* * compte"),
            *("impossible de me connecter a windows", "impossible d ouvrir une session"),
            "changer * mot de passe",
            *("application authenticator", "nouveau telephone mfa", "code* de verification"),
            "double authentification",
            *("second facteur", "reinitialis* mot* de passe"),
        ),
    ),
    addressable_share=0.55,
    effort=Effort(12, 20, 45),
    signs=("mfa", "authenticator", "sspr", "2fa"),
    concepts=("password", "mfa", "account locked", "account unlock"),
)  # fmt: skip

ACCESS = Playbook(
    key="access_requests",
    category="identity",
    root_cause="missing_self_service",
    criteria="People ask for access to shares, mailboxes, groups or sites, or are denied it.",
    english=Words(
        label="Access to files and groups",
        title="Requests for access with owners who approve",
        problem="The desk is asked again and again for access to shares, groups and mailboxes, and has to "
        "find out each time who may decide.",
        recommendation="Give every shared resource an owner and a group, and let people request "
        "membership that the owner approves, so that the desk only sees exceptions.",
        steps=(
            "List shares, sites and mailboxes that are asked for most, and name an owner for each.",
            "Replace rights of single persons by groups.",
            "Offer a request form or access packages that owners approve.",
            "Review memberships with the owners at regular intervals.",
        ),
        signs=(
            *("needs access", "need access", "access to", "access denied", "no access"),
            *("permission* to", "permission* on"),
            *("grant access", "add * to * group", "shared mailbox access", "give * access"),
            "cannot access * folder",
        ),
    ),
    french=Words(
        label="Accès aux fichiers et aux groupes",
        title="Demandes d’accès approuvées par des responsables",
        problem="On demande sans cesse au support des accès à des partages, groupes et boîtes, et il doit "
        "chaque fois chercher qui peut décider.",
        recommendation="Donner à chaque ressource partagée un responsable et un groupe, et laisser chacun "
        "demander un accès que le responsable approuve : le support ne voit plus que les exceptions.",
        steps=(
            "Recenser les partages, sites et boîtes les plus demandés et nommer un responsable pour chacun.",
            "Remplacer les droits individuels par des groupes.",
            "Proposer un formulaire ou des paquets d’accès que les responsables approuvent.",
            "Revoir régulièrement les membres avec les responsables.",
        ),
        signs=(
            *("acces au", "acces a la", "acces aux", "acces refuse", "pas acces", "besoin d acces"),
            "demande d acces",
            *("droits sur", "droits d acces", "donner acces", "ajouter * au groupe", "autorisation* sur"),
        ),
    ),
    addressable_share=0.4,
    effort=Effort(12, 30, 70),
    concepts=("permission",),
)  # fmt: skip

STARTERS = Playbook(
    key="onboarding_automation",
    category="identity",
    root_cause="missing_self_service",
    criteria="Accounts, devices and rights are set up or taken away for people who join or leave.",
    english=Words(
        label="People who join or leave",
        title="Automated onboarding and offboarding",
        problem="Each person who joins or leaves costs the desk a long list of manual work, often asked "
        "for late and with details missing.",
        recommendation="Take requests by one form with templates for each role, and let a workflow create "
        "or close accounts, licences, groups and devices.",
        steps=(
            "Agree on one form with the data that is always missing today.",
            "Define templates of rights, licences and devices for each role.",
            "Automate accounts, groups and licences from the form.",
            "Automate leaving: block, hand over the mailbox, free the licence.",
            "Let new devices set themselves up from the cloud.",
        ),
        signs=(
            *("new employee*", "new hire*", "new starter*", "new user*", "onboarding", "offboarding"),
            "is leaving",
            *("starts monday", "leaver", "disable the account", "disable * account"),
            *("terminated employee", "last day"),
            *("create account*", "create an account", "joining us", "departing employee"),
        ),
    ),
    french=Words(
        label="Arrivées et départs",
        title="Arrivées et départs automatisés",
        problem="Chaque arrivée ou départ coûte au support une longue liste de tâches manuelles, souvent "
        "demandées tard et incomplètes.",
        recommendation="Recevoir les demandes par un seul formulaire avec des modèles par rôle, et "
        "laisser un processus automatique créer ou fermer comptes, licences, groupes et appareils.",
        steps=(
            "Convenir d’un formulaire avec les données qui manquent toujours aujourd’hui.",
            "Définir par rôle des modèles de droits, de licences et d’appareils.",
            "Automatiser comptes, groupes et licences à partir du formulaire.",
            "Automatiser le départ : bloquer, transmettre la boîte, libérer la licence.",
            "Laisser les nouveaux appareils se configurer depuis le nuage.",
        ),
        signs=(
            *("nouvel employe*", "nouvelle employee", "nouveau collegue", "nouvel utilisateur"),
            "nouvelle utilisatrice",
            *("arrivee de", "^arrivee", "depart de", "^depart", "desactiver le compte", "creer le compte"),
            *("creation de compte", "nouvel arrivant", "fin d emploi", "quitte l entreprise", "dernier jour"),
        ),
    ),
    addressable_share=0.4,
    effort=Effort(20, 40, 100),
    concepts=("onboarding", "offboarding"),
)  # fmt: skip

LICENCES = Playbook(
    key="licence_right_sizing",
    category="apps",
    root_cause="capacity",
    criteria="Licences are missing, expired, unassigned or asked for.",
    english=Words(
        label="Licences",
        title="Licences that follow people automatically",
        problem="Programs stop or features are missing because a licence has run out or was never "
        "assigned, and each case is handled by hand.",
        recommendation="Assign licences by group, keep a small reserve, watch what runs out, and review "
        "who needs what before renewal.",
        steps=(
            "Compare licences bought, assigned and used.",
            "Assign them by groups instead of by person.",
            "Warn ahead of expiry and when the reserve is used up.",
            "Offer the fitting plan at the next renewal.",
        ),
        signs=(
            *("license expired", "licence expired", "license* missing", "licence* missing"),
            "need* a license",
            *("need* a licence", "assign* * license*", "assign* * licence*", "unlicensed"),
            "product activation",
            *("subscription expired", "license key", "licence key", "activation failed"),
        ),
    ),
    french=Words(
        label="Licences",
        title="Des licences qui suivent les personnes",
        problem="Des logiciels s’arrêtent ou des fonctions manquent parce qu’une licence a expiré ou n’a "
        "jamais été attribuée ; chaque cas est traité à la main.",
        recommendation="Attribuer les licences par groupe, garder une petite réserve, surveiller les "
        "échéances et revoir les besoins avant chaque renouvellement.",
        steps=(
            "Comparer les licences achetées, attribuées et utilisées.",
            "Les attribuer par groupes plutôt que par personne.",
            "Prévenir avant l’échéance et quand la réserve est épuisée.",
            "Proposer la bonne formule au prochain renouvellement.",
        ),
        signs=(
            *("licence* expiree*", "licence* manquante*", "besoin d une licence"),
            *("attribu* * licence*", "sans licence"),
            *("activation du produit", "abonnement expire", "cle de licence", "echec de l activation"),
        ),
    ),
    addressable_share=0.4,
    effort=Effort(4, 10, 24),
    sales_signal="licence",
    concepts=("licence",),
)  # fmt: skip

PLAYBOOKS = (PASSWORDS, ACCESS, STARTERS, LICENCES)

"""Playbooks about programs and what people know of them; and the project of no kind in particular."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

SOFTWARE = Playbook(
    key="software_catalogue",
    category="apps",
    root_cause="missing_self_service",
    criteria="People ask for programs to be installed or updated.",
    english=Words(
        label="Requests for software",
        title="A catalogue of software to install by oneself",
        problem="Programs are installed by hand on request, one computer at a time.",
        recommendation="Offer approved programs in a catalogue that installs them without the desk, and "
        "keep them up to date.",
        steps=(
            "List the programs asked for most.",
            "Package them and decide which need approval.",
            "Publish them in a catalogue on every computer.",
            "Update them automatically.",
        ),
        signs=(
            "please install",
            "install request",
            "need * installed",
            "software request",
            "admin rights to install",
        ),
    ),
    french=Words(
        label="Demandes de logiciels",
        title="Un catalogue de logiciels à installer soi-même",
        problem="Des logiciels sont installés à la main sur demande, ordinateur par ordinateur.",
        recommendation="Proposer les logiciels approuvés dans un catalogue qui les installe sans le "
        "support, et les tenir à jour.",
        steps=(
            "Recenser les logiciels les plus demandés.",
            "Les préparer et décider lesquels demandent une approbation.",
            "Les publier dans un catalogue sur chaque ordinateur.",
            "Les mettre à jour automatiquement.",
        ),
        signs=("installer *", "demande d installation", "besoin d autocad", "demande de logiciel"),
    ),
    addressable_share=0.45,
    effort=Effort(10, 24, 60),
    concepts=("install",),
)

BUSINESS = Playbook(
    key="business_application",
    category="apps",
    root_cause="vendor_defect",
    criteria="A line-of-business application (accounting, ERP, a database) crashes, is slow or gives errors.",
    english=Words(
        label="Business applications",
        title="A stable business application with its vendor",
        problem="The same business application crashes, is slow or gives errors; the desk helps case by "
        "case and the vendor hears nothing of it.",
        recommendation="Collect the faults, take them to the vendor as one case, update to a supported "
        "version, and check server and database behind it.",
        steps=(
            "Collect errors with version, machine and time.",
            "Open one case at the vendor with all of them.",
            "Update application and database to supported versions.",
            "Check load and storage of the server behind it.",
            "Name a key user at the client.",
        ),
        signs=("application error", "app crashes", "program crashes", "database error"),
    ),
    french=Words(
        label="Applications métier",
        title="Une application métier stable, avec son éditeur",
        problem="La même application métier plante, rame ou affiche des erreurs ; le support aide cas par "
        "cas et l’éditeur n’en sait rien.",
        recommendation="Rassembler les erreurs, les porter à l’éditeur en un seul dossier, passer à une "
        "version prise en charge, et vérifier le serveur et la base derrière.",
        steps=(
            "Rassembler les erreurs avec version, machine et heure.",
            "Ouvrir un seul dossier chez l’éditeur.",
            "Mettre à jour application et base de données.",
            "Vérifier charge et stockage du serveur derrière.",
            "Nommer une personne référente chez le client.",
        ),
        signs=("erreur d application", "application plante", "logiciel plante", "erreur de base de donnees"),
    ),
    addressable_share=0.35,
    effort=Effort(8, 24, 70),
    signs=("quickbooks", "sage", "simply accounting", "autocad", "dynamics", "acomba", "sap"),
    concepts=("accounting-software", "erp", "database"),
    sales_signal="project",
)

BROWSERS = Playbook(
    key="browser_standard",
    category="apps",
    root_cause="misconfiguration",
    criteria="Browsers, web sites or documents in them do not open or behave badly.",
    english=Words(
        label="Browsers, web sites and documents",
        title="One managed browser and document viewer",
        problem="Sites and documents do not open because of extensions, old settings or the wrong default "
        "program.",
        recommendation="Manage one browser and one document viewer by policy, with settings and "
        "extensions that are known to work.",
        steps=(
            "List sites and documents that fail.",
            "Set one browser and one viewer as defaults by policy.",
            "Allow only known extensions and clear old data by script.",
            "Put sites that need the old mode on one list.",
        ),
        signs=(
            "website not loading",
            "page not loading",
            "pdf won t open",
            "cannot open pdf*",
            "default browser",
        ),
    ),
    french=Words(
        label="Navigateurs, sites et documents",
        title="Un navigateur et un lecteur de documents gérés",
        problem="Des sites et documents ne s’ouvrent pas à cause d’extensions, d’anciens réglages ou du "
        "mauvais programme.",
        recommendation="Gérer un navigateur et un lecteur par stratégie, avec des réglages et extensions "
        "éprouvés.",
        steps=(
            "Recenser les sites et documents en panne.",
            "Définir par stratégie un navigateur et un lecteur par défaut.",
            "N’autoriser que des extensions connues et vider les anciennes données par script.",
            "Mettre sur une liste les sites qui demandent l’ancien mode.",
        ),
        signs=("site ne charge pas", "page ne s ouvre pas", "pdf ne s ouvre pas", "navigateur par defaut"),
    ),
    addressable_share=0.35,
    effort=Effort(4, 12, 30),
    concepts=("browser", "website", "pdf"),
)

CERTIFICATES = Playbook(
    key="certificate_renewal",
    category="security",
    root_cause="misconfiguration",
    criteria="Certificates or domains expire or are reported as invalid.",
    english=Words(
        label="Certificates and domains",
        title="Certificates and domains that renew by themselves",
        problem="Certificates and domains expire unnoticed, and warnings or outages follow.",
        recommendation="Keep one list of certificates and domains, renew them automatically, and warn "
        "well ahead of the rest.",
        steps=(
            "List certificates, domains and who owns them.",
            "Renew automatically where that is possible.",
            "Warn well ahead for the others.",
        ),
        signs=(
            "certificate expir*",
            "certificate error",
            "certificate warning",
            "domain expir*",
            "not secure",
        ),
    ),
    french=Words(
        label="Certificats et domaines",
        title="Des certificats et domaines qui se renouvellent seuls",
        problem="Certificats et domaines expirent sans qu’on le voie ; avertissements et pannes suivent.",
        recommendation="Tenir une seule liste, renouveler automatiquement, et prévenir à temps pour le "
        "reste.",
        steps=(
            "Recenser certificats, domaines et responsables.",
            "Renouveler automatiquement là où c’est possible.",
            "Prévenir à temps pour les autres.",
        ),
        signs=("certificat expire*", "erreur de certificat", "domaine expire*", "site non securise"),
    ),
    addressable_share=0.6,
    effort=Effort(4, 10, 24),
    concepts=("certificate",),
)

TRAINING = Playbook(
    key="user_training",
    category="howto",
    root_cause="user_error",
    criteria="People ask how something is done, or undo what was done by mistake; nothing is broken.",
    english=Words(
        label="Questions how to do things",
        title="Short training and guides for what is asked most",
        problem="People ask how to do ordinary things; nothing is broken, and the same explanation is "
        "given again and again.",
        recommendation="Teach the most frequent questions in short sessions, publish guides with pictures "
        "where people look, and name a key user at each client.",
        steps=(
            "Collect the most frequent questions.",
            "Write a short guide with pictures for each.",
            "Hold short sessions for the teams that ask most.",
            "Answer later questions by a link to the guide.",
        ),
        signs=(),
    ),
    french=Words(
        label="Questions d’utilisation",
        title="Courtes formations et guides sur les questions fréquentes",
        problem="On demande comment faire des choses ordinaires ; rien n’est en panne, et la même "
        "explication revient sans cesse.",
        recommendation="Enseigner les questions les plus fréquentes en courtes séances, publier des "
        "guides illustrés là où l’on cherche, et nommer une personne référente chez chaque client.",
        steps=(
            "Recueillir les questions les plus fréquentes.",
            "Écrire pour chacune un court guide illustré.",
            "Tenir de courtes séances pour les équipes qui demandent le plus.",
            "Répondre ensuite par un lien vers le guide.",
        ),
        signs=(),
    ),
    addressable_share=0.3,
    effort=Effort(4, 8, 20),
    is_training=True,
)

# What a language model describes as a project of no known kind: of such, little is known and little promised.
OTHER = Playbook(
    key="other",
    category="other",
    root_cause="unknown",
    criteria="None of the others fits, and yet one cause could be removed.",
    english=Words("Other recurring problems", "Find and remove the common cause", "", "", (), ()),
    french=Words("Autres problèmes récurrents", "Trouver et supprimer la cause commune", "", "", (), ()),
    addressable_share=0.25,
    effort=Effort(8, 24, 80),
)

PLAYBOOKS = (CERTIFICATES, SOFTWARE, BUSINESS, BROWSERS)

"""Playbooks about what stands on desks and in pockets: computers, printers, phones."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

PRINTING = Playbook(
    key="printing_standard",
    category="printing",
    root_cause="misconfiguration",
    criteria="Printers or scanners are offline, jam, lose their drivers or can't be reached.",
    english=Words(
        label="Printers and scanners",
        title="Fewer printer models, one way to print and scan",
        problem="Printers and scanners of many models and drivers fail in ever the same ways, and each is "
        "mended on its own.",
        recommendation="Settle on few models with one driver, print through a managed queue, scan to the "
        "cloud, and renew the devices that fail most.",
        steps=(
            "List devices by tickets, age and model.",
            "Give all devices fixed addresses and one universal driver.",
            "Deploy printers by policy or a print service.",
            "Send scans to mail or cloud with modern sign-in.",
            "Replace or put under contract the devices that fail most.",
        ),
        signs=(
            "cannot print",
            "can t print",
            "scan to email",
            "scan to folder",
            "print queue",
            "print spooler",
        ),
    ),
    french=Words(
        label="Imprimantes et numériseurs",
        title="Moins de modèles, une seule façon d’imprimer et de numériser",
        problem="Imprimantes et numériseurs de nombreux modèles et pilotes tombent en panne toujours de "
        "la même façon, et chacun est réparé à part.",
        recommendation="S’en tenir à peu de modèles et à un seul pilote, imprimer par une file gérée, "
        "numériser vers le nuage, et renouveler les appareils les plus en panne.",
        steps=(
            "Classer les appareils par tickets, âge et modèle.",
            "Donner à tous une adresse fixe et un pilote universel.",
            "Déployer les imprimantes par stratégie ou par un service d’impression.",
            "Envoyer les numérisations par courriel ou vers le nuage avec une connexion moderne.",
            "Remplacer ou mettre sous contrat les appareils les plus en panne.",
        ),
        signs=(
            "impossible d imprimer",
            "n imprime plus",
            "numerisation vers",
            "file d impression",
            "spouleur",
        ),
    ),
    addressable_share=0.4,
    effort=Effort(10, 24, 60),
    concepts=("printer", "scanner", "paper-jam", "toner"),
    sales_signal="hardware_refresh",
)

COMPUTERS = Playbook(
    key="hardware_refresh",
    category="endpoint",
    root_cause="ageing_hardware",
    criteria="Computers are slow, freeze, crash or break because of their age.",
    english=Words(
        label="Slow and failing computers",
        title="Renewal of the computers that cost most time",
        problem="Old computers are slow, freeze or break; each ticket is long and the next one follows.",
        recommendation="Renew the computers with most tickets and hours first, by a yearly plan, with a "
        "standard model that sets itself up.",
        steps=(
            "Rank computers by hours of support, age and memory.",
            "Add memory or fast disks where that is enough.",
            "Order a standard model for the others.",
            "Set up new ones from the cloud without hands.",
            "Agree with the client on a plan of yearly renewal.",
        ),
        signs=(
            "very slow",
            "takes forever to start",
            "minutes to start",
            "freezes all the time",
            "won t turn on",
        ),
    ),
    french=Words(
        label="Ordinateurs lents ou en panne",
        title="Renouvellement des ordinateurs qui coûtent le plus de temps",
        problem="De vieux ordinateurs sont lents, gèlent ou tombent en panne ; chaque ticket est long et "
        "le suivant arrive.",
        recommendation="Renouveler d’abord les ordinateurs qui ont le plus de tickets et d’heures, par un "
        "plan annuel, avec un modèle standard qui se configure seul.",
        steps=(
            "Classer les ordinateurs par heures de support, âge et mémoire.",
            "Ajouter mémoire ou disque rapide là où cela suffit.",
            "Commander un modèle standard pour les autres.",
            "Configurer les nouveaux depuis le nuage, sans intervention.",
            "Convenir avec le client d’un plan de renouvellement annuel.",
        ),
        signs=("tres lent", "met * minutes a demarrer", "gele sans arret", "ne s allume plus", "rame"),
    ),
    addressable_share=0.45,
    effort=Effort(8, 24, 80),
    concepts=(
        *(
            "computer slow",
            "laptop slow",
            "computer freeze",
            "laptop freeze",
            "computer crash",
            "blue-screen",
        ),
        *("computer boot", "battery", "computer broken", "laptop broken"),
    ),
    sales_signal="hardware_refresh",
    purchase_cost_each=950.0,
)

PERIPHERALS = Playbook(
    key="standard_workplace",
    category="endpoint",
    root_cause="misconfiguration",
    criteria="Screens, docks, headsets, keyboards or cameras do not work or are asked for.",
    english=Words(
        label="Screens, docks and accessories",
        title="A standard workplace with spares at hand",
        problem="Docks, screens and headsets of all kinds fail or do not fit, and each is looked into for "
        "a long time.",
        recommendation="Settle on one tested set for a workplace, keep spares at each site and swap "
        "first, look later.",
        steps=(
            "Choose one set of dock, screen, headset and camera and test it.",
            "Update firmware and drivers of docks by script.",
            "Keep spares at each site that people may take.",
            "Swap at once and mend later.",
        ),
        signs=("second monitor", "docking station", "external display", "monitor not detected"),
    ),
    french=Words(
        label="Écrans, stations d’accueil et accessoires",
        title="Un poste standard avec des rechanges sur place",
        problem="Stations d’accueil, écrans et casques de toutes sortes tombent en panne ou ne vont pas "
        "ensemble, et chaque cas prend longtemps.",
        recommendation="Choisir un seul ensemble éprouvé, garder des rechanges sur chaque site, et "
        "échanger d’abord.",
        steps=(
            "Choisir et tester un ensemble : station d’accueil, écran, casque, caméra.",
            "Mettre à jour par script micrologiciels et pilotes des stations.",
            "Garder sur chaque site des rechanges en libre-service.",
            "Échanger tout de suite, réparer plus tard.",
        ),
        signs=("deuxieme ecran", "second ecran", "station d accueil", "ecran non detecte"),
    ),
    addressable_share=0.35,
    effort=Effort(8, 20, 50),
    concepts=("dock", "screen", "headset", "keyboard", "mouse", "usb"),
    sales_signal="hardware_refresh",
    purchase_cost_each=200.0,
)

PHONES = Playbook(
    key="mobile_management",
    category="endpoint",
    root_cause="misconfiguration",
    criteria="Mobile phones and tablets have to be set up, do not get mail, or are lost.",
    english=Words(
        label="Mobile phones and tablets",
        title="Managed mobile devices that set themselves up",
        problem="Phones and tablets are set up by hand, lose mail after each change of password and can't "
        "be wiped when lost.",
        recommendation="Manage mobile devices centrally, let people enrol them by themselves and protect "
        "company data only.",
        steps=(
            "Choose which devices are managed and which only hold protected apps.",
            "Prepare profiles for mail, network and apps.",
            "Let people enrol with a short guide.",
            "Agree on what happens when a device is lost.",
        ),
        signs=("mail on phone", "email on my phone", "email on iphone", "set up phone", "new iphone"),
    ),
    french=Words(
        label="Téléphones mobiles et tablettes",
        title="Des appareils mobiles gérés qui se configurent seuls",
        problem="Téléphones et tablettes sont configurés à la main, perdent le courriel à chaque "
        "changement de mot de passe et ne peuvent être effacés en cas de perte.",
        recommendation="Gérer les appareils mobiles de façon centrale, laisser chacun les inscrire, et ne "
        "protéger que les données de l’entreprise.",
        steps=(
            "Décider quels appareils sont gérés et lesquels n’ont que des applications protégées.",
            "Préparer les profils de courriel, de réseau et d’applications.",
            "Laisser chacun inscrire le sien avec un court guide.",
            "Convenir de ce qui se passe en cas de perte.",
        ),
        signs=(
            "courriel sur * telephone",
            "courriels sur * cellulaire",
            "nouvel iphone",
            "configurer * telephone",
        ),
    ),
    addressable_share=0.4,
    effort=Effort(10, 24, 60),
    concepts=("mobile",),
    sales_signal="project",
    running_cost_each=4.0,
)

PLAYBOOKS = (PRINTING, COMPUTERS, PERIPHERALS, PHONES)

"""Playbooks about what connects people: internet lines, wireless and wired networks, remote access, firewalls."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

REMOTE = Playbook(
    key="remote_access",
    category="network",
    root_cause="misconfiguration",
    criteria="People can't connect from outside, or the connection drops.",
    english=Words(
        label="Remote access and VPN",
        title="Remote access that needs no support",
        problem="The VPN drops or refuses to connect; people who work outside stand still until somebody "
        "helps.",
        recommendation="Update client and gateway, connect automatically with single sign-on, and publish "
        "applications so that many people need no VPN at all.",
        steps=(
            "Sort the failures by error, site and version of the client.",
            "Update gateway and clients, and push one profile.",
            "Connect automatically before sign-in.",
            "Publish what is used most without VPN.",
            "Give people a short check they can do by themselves.",
        ),
        signs=("cannot connect from home", "remote desktop", "work from home"),
    ),
    french=Words(
        label="Accès à distance et VPN",
        title="Un accès à distance qui se passe du support",
        problem="Le VPN coupe ou refuse la connexion ; ceux qui travaillent à l’extérieur attendent qu’on "
        "les aide.",
        recommendation="Mettre à jour client et passerelle, connecter automatiquement avec "
        "l’authentification unique, et publier des applications pour que beaucoup n’aient plus besoin de "
        "VPN.",
        steps=(
            "Trier les pannes par erreur, site et version du client.",
            "Mettre à jour passerelle et clients, et pousser un seul profil.",
            "Connecter automatiquement avant l’ouverture de session.",
            "Publier sans VPN ce qui sert le plus.",
            "Donner à chacun une courte vérification à faire soi-même.",
        ),
        signs=("bureau a distance", "connexion a distance", "teletravail"),
    ),
    addressable_share=0.45,
    effort=Effort(8, 24, 60),
    concepts=("vpn", "remote-access"),
)

WIFI = Playbook(
    key="wifi_survey",
    category="network",
    root_cause="capacity",
    criteria="Wireless networks are slow, missing or drop in places.",
    english=Words(
        label="Wireless network",
        title="Wireless survey and new layout",
        problem="The wireless network is slow or missing in the same places; restarts help for a day.",
        recommendation="Measure coverage, move or add access points, clean up channels, and separate "
        "guests from work.",
        steps=(
            "Measure coverage and load at the sites with most tickets.",
            "Correct channels, power and roaming.",
            "Add or renew access points where coverage is missing.",
            "Separate guests, devices and work.",
            "Watch the signal instead of waiting for tickets.",
        ),
        signs=("guest wi fi", "access point", "no wireless"),
    ),
    french=Words(
        label="Réseau sans fil",
        title="Étude et nouveau plan du réseau sans fil",
        problem="Le réseau sans fil est lent ou absent toujours aux mêmes endroits ; un redémarrage aide "
        "pour un jour.",
        recommendation="Mesurer la couverture, déplacer ou ajouter des bornes, revoir les canaux, et "
        "séparer invités et travail.",
        steps=(
            "Mesurer couverture et charge sur les sites les plus touchés.",
            "Corriger canaux, puissance et itinérance.",
            "Ajouter ou renouveler des bornes là où la couverture manque.",
            "Séparer invités, appareils et travail.",
            "Surveiller le signal au lieu d’attendre les tickets.",
        ),
        signs=("borne wi fi", "point d acces", "sans fil"),
    ),
    addressable_share=0.45,
    effort=Effort(8, 20, 50),
    concepts=("wifi",),
    sales_signal="project",
    purchase_cost_each=60.0,
)

LINE = Playbook(
    key="line_redundancy",
    category="network",
    root_cause="capacity",
    criteria="The internet line of an office is down or too slow for everybody.",
    english=Words(
        label="Internet outages",
        title="A second internet line that takes over",
        problem="When the internet line fails, a whole office stands still and everybody calls.",
        recommendation="Add a second line by another way, let the firewall switch over by itself, and "
        "hold the provider to its terms.",
        steps=(
            "List outages by site and provider.",
            "Order a second line by another medium.",
            "Let the firewall switch over and test it.",
            "Watch both lines and open the provider's case automatically.",
        ),
        signs=("internet is down", "no internet", "nobody has internet", "internet down", "office offline"),
    ),
    french=Words(
        label="Pannes d’internet",
        title="Une seconde ligne internet qui prend le relais",
        problem="Quand la ligne internet tombe, tout un bureau s’arrête et tous appellent.",
        recommendation="Ajouter une seconde ligne par une autre voie, laisser le pare-feu basculer seul, "
        "et faire tenir au fournisseur ses engagements.",
        steps=(
            "Recenser les pannes par site et fournisseur.",
            "Commander une seconde ligne par un autre support.",
            "Laisser le pare-feu basculer et le tester.",
            "Surveiller les deux lignes et ouvrir automatiquement le dossier du fournisseur.",
        ),
        signs=("panne d internet", "plus d internet", "pas d internet", "internet en panne"),
    ),
    addressable_share=0.5,
    effort=Effort(6, 16, 40),
    concepts=("internet", "internet outage"),
    sales_signal="project",
    running_cost_each=10.0,
)

EQUIPMENT = Playbook(
    key="network_refresh",
    category="network",
    root_cause="ageing_hardware",
    criteria="Switches, cables, sockets or routers fail or restart.",
    english=Words(
        label="Network equipment",
        title="Renewal and tidying of network equipment",
        problem="Old switches, cables and sockets fail one after the other and take whole rooms with them.",
        recommendation="Document and test the cabling, renew the switches that restart, and watch all ports.",
        steps=(
            "Draw up what is there with age and firmware.",
            "Test and label cables and sockets.",
            "Renew what restarts or is no longer supported.",
            "Watch ports and power from monitoring.",
        ),
        signs=(
            "wall jack",
            "network jack",
            "network port",
            "switch * reboot*",
            "router reboot*",
            "ethernet",
            "dead port",
        ),
    ),
    french=Words(
        label="Équipement de réseau",
        title="Renouvellement et remise en ordre du réseau",
        problem="De vieux commutateurs, câbles et prises tombent en panne l’un après l’autre et "
        "entraînent des pièces entières.",
        recommendation="Documenter et tester le câblage, renouveler les commutateurs qui redémarrent, et "
        "surveiller les ports.",
        steps=(
            "Dresser l’inventaire avec âge et micrologiciel.",
            "Tester et étiqueter câbles et prises.",
            "Renouveler ce qui redémarre ou n’est plus pris en charge.",
            "Surveiller ports et alimentation.",
        ),
        signs=(
            "prise reseau",
            "prise murale",
            "commutateur",
            "routeur redemarre*",
            "cable reseau",
            "port reseau",
        ),
    ),
    addressable_share=0.4,
    effort=Effort(10, 30, 80),
    signs=("switch",),
    concepts=("network",),
    sales_signal="hardware_refresh",
    purchase_cost_each=150.0,
)

FIREWALL = Playbook(
    key="firewall_changes",
    category="network",
    root_cause="missing_self_service",
    criteria="Changes of firewall rules, ports or allowed addresses are asked for.",
    english=Words(
        label="Firewall changes",
        title="Standard firewall changes with templates",
        problem="Ports and addresses are opened one request at a time, with questions to and fro about "
        "what is meant.",
        recommendation="Offer a form with what has to be known, keep templates for usual suppliers, and "
        "review rules regularly.",
        steps=(
            "Collect the usual requests of the last months.",
            "Offer a form that asks for source, target and reason.",
            "Prepare objects and templates for usual suppliers.",
            "Remove rules nobody uses.",
        ),
        signs=("open port*", "open * port", "allow ip", "whitelist", "port forward*", "block* by firewall"),
    ),
    french=Words(
        label="Changements du pare-feu",
        title="Changements de pare-feu standard avec modèles",
        problem="Ports et adresses sont ouverts demande par demande, avec des allers-retours sur ce qui "
        "est voulu.",
        recommendation="Proposer un formulaire avec ce qu’il faut savoir, garder des modèles pour les "
        "fournisseurs habituels, et revoir les règles régulièrement.",
        steps=(
            "Recueillir les demandes habituelles des derniers mois.",
            "Proposer un formulaire : source, destination, raison.",
            "Préparer objets et modèles pour les fournisseurs habituels.",
            "Supprimer les règles inutilisées.",
        ),
        signs=(
            "ouvrir * port",
            "autoriser * adresse",
            "liste blanche",
            "redirection de port",
            "bloque* par * pare feu",
        ),
    ),
    addressable_share=0.3,
    effort=Effort(6, 16, 40),
    concepts=("firewall",),
)

PLAYBOOKS = (FIREWALL, REMOTE, WIFI, EQUIPMENT, LINE)

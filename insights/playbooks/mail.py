"""Playbooks about mail, meetings and files in the cloud."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

MAIL = Playbook(
    key="mailbox_hygiene",
    category="email",
    root_cause="misconfiguration",
    criteria="The mail program or mailboxes do not work as they should.",
    english=Words(
        label="Mail program and mailboxes",
        title="Healthy mail programs and mailboxes",
        problem="The mail program asks for passwords, loses its search or keeps mail back, in ever the "
        "same ways.",
        recommendation="Repair profiles by script, use modern sign-in everywhere, archive large mailboxes "
        "and document shared ones.",
        steps=(
            "Sort the tickets by fault and version.",
            "Update the mail program and retire old ways of signing in.",
            "Repair profile and search by a script people can start.",
            "Archive mailboxes and data files that have grown large.",
            "Deploy shared mailboxes automatically by membership.",
        ),
        signs=(
            "stuck in outbox",
            "emails not arriving",
            "not receiving email*",
            "cannot send email*",
            "undeliverable",
        ),
    ),
    french=Words(
        label="Messagerie et boîtes aux lettres",
        title="Une messagerie et des boîtes en bonne santé",
        problem="La messagerie redemande le mot de passe, perd sa recherche ou retient des courriels, "
        "toujours de la même façon.",
        recommendation="Réparer les profils par script, utiliser partout la connexion moderne, archiver "
        "les grandes boîtes et documenter les boîtes partagées.",
        steps=(
            "Trier les tickets par panne et version.",
            "Mettre à jour la messagerie et retirer les anciennes connexions.",
            "Réparer profil et recherche par un script que chacun peut lancer.",
            "Archiver les boîtes et fichiers de données devenus grands.",
            "Déployer les boîtes partagées automatiquement selon les membres.",
        ),
        signs=("boite d envoi", "ne recoit plus * courriel*", "impossible d envoyer", "courriel* bloque*"),
    ),
    addressable_share=0.35,
    effort=Effort(8, 20, 50),
    concepts=(
        "outlook",
        "mailbox",
        "shared-mailbox",
        "mail-delivery",
        "distribution-list",
        "calendar",
        "signature",
    ),
)

MEETINGS = Playbook(
    key="meeting_quality",
    category="apps",
    root_cause="misconfiguration",
    criteria="Calls and meetings have no sound or picture or can't be joined; telephony fails.",
    english=Words(
        label="Calls and meetings",
        title="Calls and meetings that work at once",
        problem="Sound, picture or joining fails when a meeting starts, and help has to be quick.",
        recommendation="Use certified headsets and room systems, keep client and drivers current, give "
        "voice priority on the network, and put a short check beside each room.",
        steps=(
            "Look at call quality by site, device and network.",
            "Settle on certified headsets and room systems.",
            "Update client and audio drivers by policy.",
            "Give voice priority on wired and wireless networks.",
            "Put a short check beside each meeting room.",
        ),
        signs=("no sound", "black screen", "join * call", "join * meeting", "zoom meeting", "voip"),
    ),
    french=Words(
        label="Appels et réunions",
        title="Des appels et réunions qui marchent tout de suite",
        problem="Le son, l’image ou l’accès manque quand une réunion commence, et il faut aider vite.",
        recommendation="Utiliser casques et salles certifiés, tenir client et pilotes à jour, donner "
        "priorité à la voix sur le réseau, et afficher une courte vérification dans chaque salle.",
        steps=(
            "Examiner la qualité des appels par site, appareil et réseau.",
            "S’en tenir à des casques et salles certifiés.",
            "Mettre à jour client et pilotes audio par stratégie.",
            "Donner priorité à la voix sur les réseaux câblé et sans fil.",
            "Afficher une courte vérification dans chaque salle.",
        ),
        signs=("pas de son", "ecran noir", "rejoindre * reunion", "rejoindre * appel", "visioconference"),
    ),
    addressable_share=0.35,
    effort=Effort(8, 20, 50),
    concepts=("teams", "meeting", "sound", "camera", "phone"),
)

FILES = Playbook(
    key="file_cloud",
    category="apps",
    root_cause="misconfiguration",
    criteria="Files, drives or their synchronisation fail; files are lost or in conflict.",
    english=Words(
        label="Files and synchronisation",
        title="Files moved to the cloud with clean synchronisation",
        problem="Mapped drives disappear, files are locked or lost, and synchronisation stops without "
        "being noticed.",
        recommendation="Move shares to the cloud step by step, replace mapped drives, protect known "
        "folders, and let people restore versions by themselves.",
        steps=(
            "List shares by size, use and owner.",
            "Clean up what nobody uses, and agree on a structure.",
            "Move share by share, with known folders protected.",
            "Replace mapped drives and watch the synchronisation.",
            "Show people how to share and restore.",
        ),
        signs=(
            "mapped drive",
            "drive disconnected",
            "sync error*",
            "file locked",
            "not syncing",
            "restore * file*",
        ),
    ),
    french=Words(
        label="Fichiers et synchronisation",
        title="Fichiers dans le nuage avec une synchronisation propre",
        problem="Des lecteurs réseau disparaissent, des fichiers sont verrouillés ou perdus, et la "
        "synchronisation s’arrête sans qu’on le voie.",
        recommendation="Déplacer les partages vers le nuage pas à pas, remplacer les lecteurs, protéger "
        "les dossiers connus, et laisser chacun restaurer les versions.",
        steps=(
            "Recenser les partages par taille, usage et responsable.",
            "Retirer ce qui ne sert plus et convenir d’une structure.",
            "Déplacer partage par partage, avec les dossiers connus protégés.",
            "Remplacer les lecteurs et surveiller la synchronisation.",
            "Montrer comment partager et restaurer.",
        ),
        signs=(
            "lecteur reseau",
            "ne se synchronise plus",
            "erreur de synchronisation",
            "fichier verrouille",
            "restaurer *",
        ),
    ),
    addressable_share=0.4,
    effort=Effort(20, 50, 120),
    concepts=(
        "onedrive",
        "sync",
        "shared-drive",
        "sharepoint",
        "file deleted",
        "file missing",
        "restore file",
    ),
    sales_signal="project",
)

PLAYBOOKS = (MAIL, MEETINGS, FILES)

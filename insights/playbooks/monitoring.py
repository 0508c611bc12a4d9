"""Playbooks about what machines report: backups, disks, updates, servers, and alerts that nobody needs."""

from insights.playbooks.kinds import Playbook, Words
from insights.roi import Effort

BACKUPS = Playbook(
    key="backup_remediation",
    category="backup_alerts",
    root_cause="misconfiguration",
    criteria="Backup jobs fail, end with errors or are missed.",
    english=Words(
        label="Failing backups",
        title="Backups that run without being looked after",
        problem="Backup jobs fail or end with errors on the same machines again and again; each is "
        "restarted by hand and its cause stays.",
        recommendation="Find the few causes behind the failures, correct jobs, schedules and targets, and "
        "test a restore on each machine concerned.",
        steps=(
            "Sort the failures by machine and error message.",
            "Correct snapshots, rights, targets and overlapping schedules.",
            "Retry once automatically before a ticket is opened.",
            "Retire jobs of machines that are gone.",
            "Test a restore on each machine concerned.",
        ),
        signs=(
            *("backup fail*", "failed backup*", "backup job*", "backup error*"),
            *("no successful backup", "backup* missed"),
            *("backup warning", "restore point* missing", "backup did not", "replication failed"),
            "backup not running",
        ),
    ),
    french=Words(
        label="Sauvegardes en échec",
        title="Des sauvegardes qui tournent sans surveillance",
        problem="Les sauvegardes échouent ou finissent en erreur toujours sur les mêmes machines ; on les "
        "relance à la main et la cause demeure.",
        recommendation="Trouver les quelques causes des échecs, corriger tâches, horaires et "
        "destinations, et tester une restauration sur chaque machine concernée.",
        steps=(
            "Trier les échecs par machine et par message d’erreur.",
            "Corriger instantanés, droits, destinations et horaires qui se chevauchent.",
            "Réessayer une fois automatiquement avant d’ouvrir un ticket.",
            "Retirer les tâches des machines disparues.",
            "Tester une restauration sur chaque machine concernée.",
        ),
        signs=(
            *("echec de la sauvegarde", "echec de sauvegarde", "sauvegarde* echou*", "sauvegarde en echec"),
            *("erreur* de sauvegarde", "aucune sauvegarde", "sauvegarde* manquante*"),
            "sauvegarde terminee avec",
        ),
    ),
    addressable_share=0.5,
    effort=Effort(6, 16, 40),
    signs=("veeam", "datto backup", "vss error", "acronis"),
    concepts=("backup",),
)  # fmt: skip

DISKS = Playbook(
    key="disk_housekeeping",
    category="endpoint",
    root_cause="capacity",
    criteria="Disks or volumes run full, or alerts say they soon will.",
    english=Words(
        label="Disks that run full",
        title="Automatic clean-up and growth of disks",
        problem="The same disks run full again; each time somebody deletes files by hand and the alert "
        "comes back.",
        recommendation="Clean up by script, move what grows to storage that can grow, and set thresholds "
        "by how fast a disk fills rather than by how full it is.",
        steps=(
            "List the disks that were reported more than once.",
            "Clean temporary files, old profiles and logs by script.",
            "Enlarge or move volumes that really grow.",
            "Warn by days left until full, and keep servers and workstations apart.",
        ),
        signs=(
            *("disk space", "disk full", "low disk*", "disk c", "drive full", "out of disk"),
            "running out of space",
            *("storage full", "volume full", "disk usage", "disk * below"),
        ),
    ),
    french=Words(
        label="Disques pleins",
        title="Nettoyage et extension automatiques des disques",
        problem="Les mêmes disques se remplissent sans cesse ; on supprime des fichiers à la main et "
        "l’alerte revient.",
        recommendation="Nettoyer par script, déplacer ce qui grossit vers un stockage extensible, et "
        "régler les seuils sur la vitesse de remplissage plutôt que sur le taux.",
        steps=(
            "Recenser les disques signalés plus d’une fois.",
            "Nettoyer par script fichiers temporaires, anciens profils et journaux.",
            "Agrandir ou déplacer les volumes qui grossissent vraiment.",
            "Alerter selon les jours restants, en séparant serveurs et postes.",
        ),
        signs=(
            *("espace disque", "disque plein", "disque sature", "plus d espace", "espace insuffisant"),
            "stockage plein",
            *("volume plein", "disque presque plein"),
        ),
    ),
    addressable_share=0.6,
    effort=Effort(4, 10, 24),
    concepts=("disk-space",),
)  # fmt: skip

PATCHES = Playbook(
    key="patch_management",
    category="endpoint",
    root_cause="misconfiguration",
    criteria="Updates are missing, fail, or machines fall out of compliance.",
    english=Words(
        label="Missing updates",
        title="Updates in rings with automatic repair",
        problem="Machines miss updates or fail to install them and come up as tickets one by one.",
        recommendation="Install updates in rings with fixed windows, repair the usual causes by script, "
        "and report only machines that stay behind.",
        steps=(
            "Find the machines that never restart or never come online in the window.",
            "Set up rings: pilot, most, servers.",
            "Repair the update service by script before a ticket is opened.",
            "Report what stays behind regularly and all together.",
        ),
        signs=(
            *("missing patch*", "missing * patch*", "patch compliance", "patch* failed"),
            *("windows update*", "update failed"),
            *("updates failed", "pending updates", "patch status", "security update*"),
            "failed to install update*",
        ),
    ),
    french=Words(
        label="Mises à jour manquantes",
        title="Mises à jour par vagues avec réparation automatique",
        problem="Des machines manquent des mises à jour ou échouent à les installer et deviennent des "
        "tickets une à une.",
        recommendation="Installer par vagues à des heures fixes, réparer par script les causes "
        "habituelles, et ne signaler que les machines qui restent en retard.",
        steps=(
            "Trouver les machines qui ne redémarrent jamais ou ne sont jamais en ligne à l’heure prévue.",
            "Mettre en place des vagues : pilote, majorité, serveurs.",
            "Réparer le service de mise à jour par script avant d’ouvrir un ticket.",
            "Signaler régulièrement et ensemble ce qui reste en retard.",
        ),
        signs=(
            *("mise* a jour manquante*", "correctif* manquant*", "echec de la mise a jour"),
            "mise* a jour windows",
            *("mise* a jour echou*", "mise* a jour en attente", "conformite des correctifs"),
        ),
    ),
    addressable_share=0.5,
    effort=Effort(6, 16, 40),
    concepts=("patch", "update missing", "update failed"),
)  # fmt: skip

SERVERS = Playbook(
    key="server_stability",
    category="endpoint",
    root_cause="ageing_hardware",
    criteria="Servers or their services stop, restart or do not respond.",
    english=Words(
        label="Servers that stop responding",
        title="Stable servers: causes removed, spares in place",
        problem="Servers or their services stop and are restarted by hand, often outside office hours; "
        "people can't work meanwhile.",
        recommendation="Look into each stop for its cause, renew or move the machines that stop most, and "
        "let services restart by themselves.",
        steps=(
            "List stops by server with their causes.",
            "Update firmware, drivers and system where the vendor knows the fault.",
            "Let services restart themselves before a ticket is opened.",
            "Plan to replace or move the servers that stop most.",
        ),
        signs=(
            *("down", "server down", "server is down", "is not responding", "not responding"),
            *("server offline", "server crash*"),
            *("unexpected reboot", "server rebooted", "blue screen on server", "service stopped"),
            "server unreachable",
            *("alert * down", "host down"),
        ),
    ),
    french=Words(
        label="Serveurs qui ne répondent plus",
        title="Des serveurs stables : causes supprimées, secours prêt",
        problem="Des serveurs ou leurs services s’arrêtent et sont relancés à la main, souvent hors des "
        "heures de bureau ; personne ne peut travailler entre-temps.",
        recommendation="Chercher la cause de chaque arrêt, renouveler ou déplacer les machines les plus "
        "touchées, et laisser les services redémarrer seuls.",
        steps=(
            "Recenser les arrêts par serveur avec leur cause.",
            "Mettre à jour micrologiciel, pilotes et système là où le défaut est connu.",
            "Laisser les services redémarrer avant d’ouvrir un ticket.",
            "Prévoir le remplacement ou le déplacement des serveurs les plus touchés.",
        ),
        signs=(
            *("serveur en panne", "serveur arrete", "ne repond pas", "ne repond plus", "serveur hors ligne"),
            *("serveur injoignable", "redemarrage inattendu", "service arrete"),
        ),
    ),
    addressable_share=0.4,
    effort=Effort(10, 30, 80),
    concepts=("server outage", "server crash", "server restart", "server broken", "service-stopped"),
    sales_signal="hardware_refresh",
    purchase_cost_each=2500.0,
)  # fmt: skip

ALERTS = Playbook(
    key="alert_tuning",
    category="endpoint",
    root_cause="monitoring_noise",
    criteria="Monitoring opens tickets that close without work: short outages, thresholds, agents that "
    "sleep.",
    english=Words(
        label="Alerts without consequences",
        title="Tuned monitoring: fewer alerts, none missed",
        problem="Monitoring opens tickets about states that pass by themselves; technicians look, find "
        "nothing and close.",
        recommendation="Wait before a ticket is opened, group what has one cause, repair by script first, "
        "and switch off what never led to work.",
        steps=(
            "List alert rules by tickets and by time worked on them.",
            "Delay those that recover by themselves.",
            "Group alerts of one site or cause into one ticket.",
            "Try to repair by script first.",
            "Switch off rules that never led to work, and review them later.",
        ),
        signs=(
            *("cpu usage", "high cpu", "memory usage", "high memory", "agent offline"),
            *("agent * offline", "heartbeat"),
            *("threshold exceeded", "has not checked in", "device offline", "workstation offline"),
            "alert cleared",
            *("ping failed", "not reporting", "monitor* alert", "packet loss alert"),
        ),
    ),
    french=Words(
        label="Alertes sans conséquence",
        title="Une surveillance réglée : moins d’alertes, aucune manquée",
        problem="La surveillance ouvre des tickets sur des états qui passent d’eux-mêmes ; on regarde, on "
        "ne trouve rien et on ferme.",
        recommendation="Attendre avant d’ouvrir un ticket, regrouper ce qui a une même cause, réparer "
        "d’abord par script, et couper ce qui n’a jamais mené à du travail.",
        steps=(
            "Classer les règles d’alerte par tickets et par temps passé.",
            "Retarder celles qui se rétablissent seules.",
            "Regrouper en un ticket les alertes d’un même site ou d’une même cause.",
            "Tenter d’abord une réparation par script.",
            "Couper les règles qui n’ont jamais mené à du travail, et les revoir plus tard.",
        ),
        signs=(
            *("utilisation cpu", "utilisation du processeur", "utilisation memoire"),
            *("agent hors ligne", "seuil depasse"),
            *("poste hors ligne", "appareil hors ligne", "alerte de surveillance", "alerte levee"),
            "ne remonte plus",
        ),
    ),
    addressable_share=0.6,
    effort=Effort(4, 10, 24),
    concepts=("alert", "load"),
)  # fmt: skip

PLAYBOOKS = (BACKUPS, DISKS, PATCHES)

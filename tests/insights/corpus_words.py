"""What people write to a ticket desk about known problems, in English and in French; and what is about none."""

# Of each problem: how it is said in English and in French, phrases parted by bars.
PROBLEMS: dict[str, tuple[str, str]] = {
    "password": (
        "password expired, cannot log in|please reset my windows password|forgot my password again"
        "|need a new password for my session|my password is not accepted since this morning",
        "mot de passe expiré, impossible de me connecter|svp réinitialiser mon mot de passe windows"
        "|j'ai encore oublié mon mot de passe|besoin d'un nouveau mot de passe pour ma session"
        "|mon mot de passe n'est plus accepté depuis ce matin",
    ),
    "account_locked": (
        "account locked out|my account is locked after too many attempts|please unlock the user account"
        "|locked out of my account again",
        "compte verrouillé|mon compte est bloqué après trop de tentatives|svp déverrouiller le compte"
        "|mon compte utilisateur est encore verrouillé",
    ),
    "mfa": (
        "lost my authenticator app, new phone|mfa code never arrives|two factor prompt does not show up"
        "|reset mfa for a user who changed phone|authenticator asks for a code I do not have",
        "perdu mon application authenticator, nouveau téléphone|le code mfa n'arrive jamais"
        "|la double authentification ne s'affiche pas|réinitialiser mfa pour un employé qui a changé de cellulaire"
        "|authenticator demande un code que je n'ai pas",
    ),
    "printer_jam": (
        "printer does not print|paper jam in the printer on the second floor|printer shows offline"
        "|print jobs stay stuck in the queue|cannot print the invoices",
        "l'imprimante n'imprime plus|bourrage papier dans l'imprimante du deuxième étage"
        "|imprimante affichée hors ligne|les impressions restent bloquées dans la file"
        "|impossible d'imprimer les factures",
    ),
    "toner": (
        "toner is empty|please order toner cartridges|replace black cartridge|low toner message on the copier",
        "plus de toner|commander des cartouches de toner svp|remplacer la cartouche noire"
        "|message toner faible sur le copieur",
    ),
    "scan_mail": (
        "scan to email fails|scanner cannot send pdf by email|scanned documents never arrive in my inbox"
        "|scan to folder stopped working",
        "numérisation vers courriel en échec|le numériseur n'envoie plus les pdf par courriel"
        "|les documents numérisés n'arrivent jamais|la numérisation vers le dossier ne marche plus",
    ),
    "vpn": (
        "vpn does not connect from home|vpn drops every ten minutes|vpn client says timeout"
        "|cannot reach the office through the vpn|remote user has no vpn access",
        "le vpn ne se connecte pas de la maison|le vpn coupe aux dix minutes|le client vpn affiche délai dépassé"
        "|impossible d'atteindre le bureau par le vpn|employé en télétravail sans accès vpn",
    ),
    "wifi": (
        "wifi is very slow in the meeting room|wireless keeps disconnecting|no wifi signal in the warehouse"
        "|laptop does not see the wifi network",
        "le wifi est très lent dans la salle de réunion|le réseau sans fil se déconnecte sans arrêt"
        "|aucun signal wifi dans l'entrepôt|le portable ne voit pas le réseau wifi",
    ),
    "internet_down": (
        "internet is down at the branch office|no internet since this morning|internet outage, provider was called"
        "|whole site has no internet connection",
        "internet est en panne à la succursale|plus d'internet depuis ce matin"
        "|panne internet, le fournisseur a été appelé|tout le site est sans connexion internet",
    ),
    "mailbox_full": (
        "mailbox is full, cannot send|mailbox quota exceeded|please increase mailbox size"
        "|message says my mailbox storage is almost full",
        "boîte de courriel pleine, impossible d'envoyer|quota de la boîte aux lettres dépassé"
        "|augmenter la taille de la boîte de courriel|le message dit que ma boîte est presque pleine",
    ),
    "outlook_crash": (
        "outlook freezes when opening|outlook crashes at start|outlook asks to repair the profile"
        "|outlook not responding when I open attachments",
        "outlook fige à l'ouverture|outlook plante au démarrage|outlook demande de réparer le profil"
        "|outlook ne répond plus quand j'ouvre les pièces jointes",
    ),
    "phishing": (
        "suspicious email received, is it phishing|user clicked a phishing link|strange email asking for payment"
        "|please check this suspicious message",
        "courriel suspect reçu, est-ce de l'hameçonnage|un employé a cliqué sur un lien d'hameçonnage"
        "|courriel étrange qui demande un paiement|svp vérifier ce message suspect",
    ),
    "spam": (
        "too much spam in my inbox|legitimate mail goes to quarantine|release message from quarantine"
        "|spam filter blocks our supplier",
        "trop de pourriels dans ma boîte de réception|des courriels légitimes vont en quarantaine"
        "|libérer un message de la quarantaine|le filtre antipourriel bloque notre fournisseur",
    ),
    "shared_mailbox": (
        "add user to shared mailbox|shared mailbox does not appear|needs send as permission on shared mailbox"
        "|access to the accounting shared mailbox",
        "ajouter un utilisateur à la boîte partagée|la boîte partagée n'apparaît pas"
        "|droit d'envoyer en tant que sur la boîte partagée|accès à la boîte partagée de la comptabilité",
    ),
    "folder_access": (
        "needs access to a folder on the server|access denied on shared drive|no permission on the finance folder"
        "|give rights on the network drive",
        "besoin d'accès à un dossier sur le serveur|accès refusé sur le lecteur partagé"
        "|pas de permission sur le dossier finance|donner les droits sur le lecteur réseau",
    ),
    "onboarding": (
        "new employee starts monday, create account|new hire setup laptop and email"
        "|prepare workstation for a new employee"
        "|new user creation request",
        "nouvel employé lundi, créer le compte|nouvelle embauche, préparer portable et courriel"
        "|préparer un poste pour un nouvel employé|demande de création d'un nouvel utilisateur",
    ),
    "offboarding": (
        "employee left, disable account|termination: remove access and forward mail"
        "|last day of an employee, close accounts"
        "|departure of a user, revoke licences",
        "départ d'un employé, désactiver le compte|fin d'emploi: retirer les accès et transférer les courriels"
        "|dernière journée d'un employé, fermer les comptes|départ d'un utilisateur, retirer les licences",
    ),
    "slow_computer": (
        "computer is very slow|laptop takes ten minutes to start|pc lags all day|machine is slow since last update",
        "ordinateur très lent|le portable prend dix minutes à démarrer|le pc rame toute la journée"
        "|poste lent depuis la dernière mise à jour",
    ),
    "blue_screen": (
        "blue screen on laptop|computer restarts by itself|blue screen after update|pc crashed with a blue screen",
        "écran bleu sur le portable|l'ordinateur redémarre tout seul|écran bleu après la mise à jour"
        "|le pc a planté avec un écran bleu",
    ),
    "monitor": (
        "second monitor not detected|external screen stays black|docking station does not show on screens"
        "|monitor flickers",
        "deuxième moniteur non détecté|l'écran externe reste noir|la station d'accueil n'affiche rien sur les écrans"
        "|le moniteur clignote",
    ),
    "headset": (
        "headset has no sound|microphone not working in calls|headphones are not recognised"
        "|nobody hears me, microphone muted",
        "aucun son dans le casque d'écoute|le micro ne fonctionne pas dans les appels|le casque n'est pas reconnu"
        "|personne ne m'entend, micro muet",
    ),
    "phone_line": (
        "desk phone has no dial tone|voicemail greeting needs to change"
        "|calls are not forwarded|phone extension does not ring",
        "téléphone de bureau sans tonalité|changer le message de la boîte vocale|les appels ne sont pas transférés"
        "|le poste téléphonique ne sonne pas",
    ),
    "teams_meeting": (
        "cannot join teams meeting|teams shows a white screen|teams meeting has no video|teams keeps signing me out",
        "impossible de joindre la réunion teams|teams affiche un écran blanc|réunion teams sans vidéo"
        "|teams me déconnecte sans cesse",
    ),
    "software_install": (
        "please install adobe acrobat|install software autocad on new pc"
        "|need administrator rights to install a program"
        "|install chrome on workstation",
        "svp installer adobe acrobat|installer le logiciel autocad sur le nouveau pc"
        "|besoin des droits administrateur pour installer un programme|installer chrome sur un poste",
    ),
    "licence": (
        "licence expired for office|need one more microsoft 365 licence|product activation failed"
        "|office says unlicensed product",
        "licence expirée pour office|besoin d'une licence microsoft 365 de plus|échec de l'activation du produit"
        "|office affiche produit sans licence",
    ),
    "excel_howto": (
        "how do I make a pivot table in excel|excel formula shows an error, how to fix|how to freeze rows in excel"
        "|question about excel macro",
        "comment faire un tableau croisé dans excel|une formule excel affiche une erreur, comment corriger"
        "|comment figer les lignes dans excel|question sur une macro excel",
    ),
    "onedrive": (
        "onedrive does not sync|onedrive sync pending for hours|files missing in onedrive|onedrive shows red crosses",
        "onedrive ne synchronise pas|synchronisation onedrive en attente depuis des heures"
        "|fichiers manquants dans onedrive|onedrive affiche des croix rouges",
    ),
    "restore_file": (
        "restore deleted file from backup|folder deleted by mistake, please recover"
        "|recover previous version of a document"
        "|file overwritten, need restore",
        "restaurer un fichier supprimé depuis la sauvegarde|dossier effacé par erreur, svp récupérer"
        "|récupérer une version précédente d'un document|fichier écrasé, besoin d'une restauration",
    ),
    "erp": (
        "acomba accounting does not open|acomba database locked by another user|error posting invoices in acomba"
        "|acomba is slow at month end",
        "acomba comptabilité n'ouvre pas|base de données acomba verrouillée par un autre usager"
        "|erreur de report des factures dans acomba|acomba est lent en fin de mois",
    ),
    "remote_desktop": (
        "remote desktop session frozen|remote desktop says no license server|rds session disconnected"
        "|cannot open terminal server session",
        "session bureau à distance figée|bureau à distance dit aucun serveur de licences|session rds déconnectée"
        "|impossible d'ouvrir la session terminal server",
    ),
    "mobile_mail": (
        "email not syncing on iphone|set up company mail on new iphone|android phone stopped receiving mail"
        "|calendar missing on iphone",
        "le courriel ne synchronise pas sur iphone|configurer le courriel de la compagnie sur un nouvel iphone"
        "|téléphone android ne reçoit plus les courriels|calendrier absent sur iphone",
    ),
    "hardware_order": (
        "quote for two new laptops|please order a keyboard and mouse|need a price for a new workstation"
        "|purchase docking stations",
        "soumission pour deux nouveaux portables|svp commander un clavier et une souris"
        "|besoin d'un prix pour un nouveau poste|achat de stations d'accueil",
    ),
}

# What programs write, the same in both languages: {device} is any, {number} too.
ALERTS: dict[str, str] = {
    "disk_alert": "Disk space low on {device} volume C: {number}% free"
    "|ALERT: {device} free disk space below threshold"
    "|Low disk {device} drive D {number} GB remaining",
    "backup_alert": "Backup job failed on {device}: error {number}|Veeam backup {device} completed with warnings"
    "|Backup of {device} missed, last success {number} days ago",
    "offline_alert": "Server {device} is offline|{device} agent not checking in for {number} minutes"
    "|Device down: {device} does not answer ping",
    "patch_alert": "Patch installation failed on {device} KB{number}|{device} is missing {number} critical updates"
    "|Windows update failure {device}",
    "antivirus_alert": "Antivirus definitions out of date on {device}|Malware quarantined on {device} threat {number}"
    "|{device} antivirus service stopped",
}

# A problem that begins with a rollout.
NEW_PROBLEM: tuple[str, str] = (
    "parking badge reader rejects my card|badge does not open the garage door|new badge reader blinks red"
    "|visitor badge cannot be printed at the badge kiosk",
    "le lecteur de badge du stationnement refuse ma carte|le badge n'ouvre pas la porte du garage"
    "|le nouveau lecteur de badge clignote rouge|badge visiteur impossible à imprimer à la borne de badge",
)

NOISE = (
    "lunch budget ceiling carpet lamp|call back about last week"
    "|moving day furniture truck elevator|thanks for yesterday"
    "|question about summer party tent|window cleaner ladder keys"
    "|customer magazine photo of the team|orange juice machine"
    "|coat rack reception desk plant|invoice address change of landlord"
    "|conference badge hotel booking|fire drill on thursday"
    "|rappeler madame la directrice|plante de la réception à arroser"
    "|souper de noël traiteur salle|bail du local du voisin"
    "|peinture du corridor bleu ciel|vitres du stationnement givrées"
    "|casier numéro douze clé perdue|machine à café en grève"
    "|photo de groupe jeudi midi|déneigement de la cour arrière"
    "|camion de déménagement ascenseur|merci pour hier après-midi"
)

GREETINGS = ("", "Hi,", "Hello team,", "Good morning,"), ("", "Bonjour,", "Allo,", "Bonjour l'équipe,")
CLOSINGS = ("Thanks", "Regards", "Thank you for your help"), ("Merci", "Cordialement", "Merci de votre aide")
VAGUE = (
    ("Help please", "Problem", "Urgent", "Issue at my desk"),
    ("Aide svp", "Problème", "Urgent", "Souci au bureau"),
)

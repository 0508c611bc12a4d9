"""What endpoint protection and Microsoft 365 warn of: kinds of alerts, how bad, how often, how often wrongly."""

from dataclasses import dataclass

from .security_records import Family, SeenBy, Severity


@dataclass(frozen=True, slots=True)
class AlertKind:
    key: str
    title: str
    category: str
    threat: str  # the file or what the product calls it
    severity: Severity
    confidence: str  # malicious or suspicious
    file_path: str
    techniques: tuple[str, ...]
    seen_by: tuple[SeenBy, ...]
    weight: float
    wrong_share: float  # of false alarms
    is_rule: bool = False  # found by a rule of the MSP's own and not by an engine
    family: Family = "windows"


ENDPOINT: tuple[SeenBy, ...] = ("edr", "mde")
ALERT_KINDS = (
    AlertKind("trojan", "Trojan detected", "Malware", "invoice_scan.exe", "high", "malicious",
              r"\Users\{user}\Downloads\invoice_scan.exe", ("T1204.002",), ENDPOINT, 9, 0.1),
    AlertKind("ransomware", "Ransomware behaviour blocked", "Ransomware", "locker64.exe", "critical", "malicious",
              r"\ProgramData\locker64.exe", ("T1486", "T1490"), ENDPOINT, 1.5, 0.03),
    AlertKind("infostealer", "Information stealer", "Infostealer", "chrome_update.exe", "high", "malicious",
              r"\Users\{user}\AppData\Local\Temp\chrome_update.exe", ("T1555.003",), ENDPOINT, 5, 0.08),
    AlertKind("adware", "Potentially unwanted application", "PUP", "toolbar_setup.exe", "low", "suspicious",
              r"\Users\{user}\Downloads\toolbar_setup.exe", ("T1176",), ENDPOINT, 12, 0.2),
    AlertKind("script", "Suspicious PowerShell command line", "Execution", "powershell.exe", "medium",
              "suspicious", r"\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
              ("T1059.001", "T1027"), ENDPOINT, 11, 0.45),
    AlertKind("credential-dump", "Credential dumping from LSASS", "CredentialAccess", "procdump64.exe", "high",
              "malicious", r"\Windows\Temp\procdump64.exe", ("T1003.001",), ENDPOINT, 2, 0.25),
    AlertKind("exploit", "Exploit attempt in an Office document", "Exploit", "WINWORD.EXE", "high", "malicious",
              r"\Program Files\Microsoft Office\root\Office16\WINWORD.EXE", ("T1203",), ENDPOINT, 3, 0.15),
    AlertKind("cryptominer", "Coin miner", "Cryptominer", "xmrig.exe", "medium", "malicious",
              r"\Users\Public\xmrig.exe", ("T1496",), ENDPOINT, 3, 0.05),
    AlertKind("admin-tool", "Remote administration tool", "Manual", "remote_support.exe", "low", "suspicious",
              r"\Program Files (x86)\RemoteSupport\remote_support.exe", ("T1219",), ENDPOINT, 9, 0.7),
    AlertKind("macos-dropper", "Malicious installer", "Malware", "Installer.dmg", "high", "malicious",
              "/Users/{user}/Downloads/Installer.dmg", ("T1204.002",), ENDPOINT, 9, 0.1, family="macos"),
    AlertKind("linux-miner", "Coin miner among system files", "Cryptominer", "kinsing", "high", "malicious",
              "/var/lib/kinsing", ("T1496",), ENDPOINT, 9, 0.1, family="linux"),
    AlertKind("new-admin", "Local administrator added", "Persistence", "net.exe", "medium", "suspicious",
              r"\Windows\System32\net.exe", ("T1136.001",), ("edr",), 5, 0.6, is_rule=True),
    AlertKind("log-cleared", "Security event log cleared", "DefenseEvasion", "wevtutil.exe", "high",
              "suspicious", r"\Windows\System32\wevtutil.exe", ("T1070.001",), ("edr",), 3, 0.4, is_rule=True),
    AlertKind("test-file", "EICAR test file", "Malware", "eicar.com", "informational", "malicious",
              r"\Users\{user}\Desktop\eicar.com", (), ENDPOINT, 2, 1.0),
    AlertKind("impossible-travel", "Impossible travel activity", "InitialAccess", "", "medium", "suspicious",
              "", ("T1078.004",), ("office",), 7, 0.55),
    AlertKind("phishing-mail", "Phishing message delivered", "InitialAccess", "", "medium", "malicious",
              "", ("T1566.002",), ("office",), 8, 0.2),
    AlertKind("inbox-rule", "Suspicious inbox forwarding rule", "Exfiltration", "", "high", "malicious",
              "", ("T1114.003",), ("office",), 3, 0.25),
)  # fmt: skip

BY_KEY = {kind.key: kind for kind in ALERT_KINDS}

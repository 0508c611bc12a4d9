"""What can go wrong with a vendor, ordered by how it is recovered from.

SyncProblem
├── Retry            passes by itself; asked again after a while, then left for the next run
│   └── Unanswered       nobody answered, or not to the end; a customer's other streams need not be tried
├── SkipRecord       one record is unusable; it is kept for inspection and the walk goes on
├── Missing          the vendor has no such record, or no longer
└── StopStream       this stream cannot go on; the message tells the user what to do
    ├── StopCustomer     not for this one of the vendor's customers; the others go on
    └── StopConnection   and neither can the connection's other streams
"""


class SyncProblem(Exception):
    """Its text is shown to users: a sentence, without secrets."""


class Retry(SyncProblem):
    def __init__(self, message: str, after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class Unanswered(Retry):
    pass


class SkipRecord(SyncProblem):
    pass


class Missing(SyncProblem):
    pass


class StopStream(SyncProblem):
    pass


class StopCustomer(StopStream):
    def __init__(self, message: str, access: str) -> None:
        """`access` is one of RawVendorCustomer.Access."""
        super().__init__(message)
        self.access = access


class StopConnection(StopStream):
    pass


class AlreadyRunning(Exception):
    """Another worker is syncing this connection."""

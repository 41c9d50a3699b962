"""What the log has told, kept as told and in the log's order. Nothing is derived here."""

from dataclasses import dataclass, field

from catalogue import Course, Programme, Term
from contract import Event


class Conflict(Exception):
    """A known identity with other content."""


class Duplicate(Exception):
    """The fact was known, with the same content."""


class Seen:
    """Identities of one kind within one scope, with the content that they stand for."""

    def __init__(self):
        self._contents: dict = {}

    def check(self, identity, content) -> None:
        known = self._contents.get(identity)
        if known is not None:
            raise Duplicate if known == content else Conflict

    def remember(self, identity, content) -> None:
        self._contents[identity] = content


@dataclass(slots=True, eq=False)
class Report:
    """One watch.played or live.attended that had an effect to have."""

    course: Course
    start: int
    end: int
    from_s: int = 0
    to_s: int = 0


@dataclass(slots=True, eq=False)
class Attempt:
    course_id: str
    attempt_id: str
    time: int
    started_at: int
    score: int


@dataclass(slots=True, eq=False)
class Grant:
    course_id: str
    extra: int


@dataclass(slots=True, eq=False)
class Row:
    """The money of (code, bank, bank_txn_id)."""

    bank: str
    bank_txn_id: str
    amount_fen: int = 0
    settled_at: int | None = None
    stamp: int = 0
    receipt_no: str | None = None
    refunded_fen: int = 0
    refunds: int = 0


class Account:
    """The payment log of one code."""

    def __init__(self, code: str):
        self.code = code
        self.rows: dict[tuple[str, str], Row] = {}
        self.settlements: list[Row] = []
        self.events = Seen()
        self.settlement_ids = Seen()
        self.refund_ids = Seen()

    def row(self, event: Event) -> Row:
        identity = (event.fields["bank"], event.fields["bank_txn_id"])
        return self.rows.setdefault(identity, Row(*identity))


class Enrollment:
    """One trainee in one term."""

    def __init__(self, submission: Event, programme: Programme, term: Term, account: Account):
        self.submission = submission
        self.trainee_id: str = submission.fields["trainee_id"]
        self.id: str = submission.fields["enrollment_id"]
        self.id_number: str = submission.fields["id_number"]
        self.programme = programme
        self.term = term
        self.account = account
        self.approvals: list[int] = []
        self.rejections = 0
        self.withdrawals = 0
        self.acts: list[tuple[str, int]] = []
        self.names: list[str] = [submission.fields["name"]]
        self.surveys: list[int] = []
        self.exam_log: list[Attempt | Grant] = []
        self.reports: list[Report] = []
        self.events = {topic: Seen() for topic in ("enrollment", "exam")}
        self.attempt_ids = Seen()
        self.grant_ids = Seen()
        self.watched = None  # memo of derive: the reports folded so far


@dataclass(eq=False)
class Trainee:
    id: str
    enrollments: dict[str, Enrollment] = field(default_factory=dict)
    credits: list[tuple[int, int]] = field(default_factory=list)
    ordered: set[Programme] = field(default_factory=set)
    events: Seen = field(default_factory=Seen)
    credit_ids: Seen = field(default_factory=Seen)

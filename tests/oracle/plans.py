"""What trainees, reviewers, banks and platforms do in a small history, well and badly."""

import random
from dataclasses import dataclass

import contract
import forms
from catalogue import Course, Programme, Term
from contract import ENROLLMENT, EXAM, PAYMENT, WATCH_TIME
from deployments import Deployment
from instants import DAY, SECOND
from posting import Post, render

HOUR = 3600 * SECOND
_NAMES = ("古丽", "O'Brien \"x\"", "阿不都热依木·买买提", "a\u202eb", "Zoë", "𠮷野", "\\", "名" * 200)
_PLACES = ("aksu", "urumqi", "ili", "beijing", "karamay", "KASHGAR")
_TEXTS = ("because", "理由", "line\nbreak", "tab\t\u0001", "\"quoted\" \\", "é" * 200, "</script>")


def corner(rng: random.Random, edge: int) -> int:
    """An instant at, or hardly off, an edge."""
    return edge + rng.choice((-1, 0, 1, -SECOND, SECOND, -1000, 1000, -999_999))


def id_number(rng: random.Random) -> str:
    born = f"{rng.randrange(1900, 2005)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    seventeen = f"65010{rng.randrange(10)}{born}{rng.randrange(1000):03d}"
    digit = forms.check_digit(seventeen)
    return seventeen + (digit.lower() if rng.random() < 0.5 else digit)


@dataclass(eq=False)
class Place:
    """What the plans of one history share."""

    rng: random.Random
    deployment: Deployment
    posts: list[Post]
    late: float
    count: int = 0

    def new_id(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def text(self) -> str:
        return self.rng.choice(_TEXTS)

    def at(self, instant: int) -> str:
        return render(self.rng, instant)

    def post(self, topic: str, key: str, kind: str, time: int, data: dict, **more) -> Post:
        """Published soon after it happened, or late, or with a clock that runs ahead."""
        rng = self.rng
        delay = rng.choice((0, 0, 1000, 5 * SECOND, 60 * SECOND))
        if rng.random() < self.late:
            delay = rng.choice((HOUR, DAY, 8 * DAY, 31 * DAY, 60 * DAY))
        skew = self.deployment.config.catalogue.max_skew
        if rng.random() < 0.02:
            delay = -skew + rng.choice((0, -1, 1, -1000, 1000))
        published = more.pop("published", time + delay)
        published = -(-published // 1000) * 1000 if rng.random() < 0.9 else published
        post = Post(topic, key, kind, time, published, data, self.new_id(), **more)
        post.slow_signature = rng.random() < 0.02
        self.posts.append(post)
        return post


class Enrolled:
    """One enrollment and all that happens around it."""

    def __init__(self, place: Place, trainee_id: str, enrollment_id: str, term: Term):
        self.place, self.rng = place, place.rng
        self.trainee_id, self.id, self.term = trainee_id, enrollment_id, term
        self.programme: Programme = term.programme
        self.code = place.deployment.code(self.programme, trainee_id, enrollment_id)
        self.person = {"enrollment_id": enrollment_id, "trainee_id": trainee_id}
        self.txns: list[tuple[str, str, int]] = []
        self.now = self.active_at = 0
        self.careful = self.rng.random() < 0.75
        self.learned: dict[str, int] = {}

    def event(self, topic: str, kind: str, time: int, data: dict, **more) -> Post:
        return self.place.post(topic, self.trainee_id, kind, time, self.person | data, **more)

    # --- Enrolling and paying ----------------------------------------------------------

    def submit(self, id_number: str) -> None:
        rng, term = self.rng, self.term
        if rng.random() < 0.15:
            time = corner(rng, rng.choice((term.registration_from, term.registration_to)))
        else:
            time = rng.randrange(term.registration_from, term.registration_to)
            if rng.random() < 0.5:
                time = min(time, term.training_from) - HOUR
        self.now = time
        programme = self.programme
        data = {
            "term_id": term.id, "series": programme.series,
            "title_level": rng.choice(sorted(programme.title_levels)),
            "base_id": rng.choice(sorted(programme.bases)), "name": rng.choice(_NAMES),
            "id_number": id_number, "mobile": rng.choice(("13800138000", "+8613800138000")),
            "employer": "单位", "employer_kind": rng.choice(sorted(programme.employer_kinds)),
            "prefecture": rng.choice((*_PLACES, *programme.groups)),
            "photo": {"sha256": "a" * 64, "uri": "https://example.org/p.jpg"}}
        if rng.random() < 0.05:
            data[rng.choice(("series", "base_id"))] = "elsewhere"
        if rng.random() < 0.05:
            data |= {"title_level": "junior", "employer_kind": "cadre-school"}
        self.event(ENROLLMENT, contract.SUBMITTED, time, data)

    def review(self, decision: str, time: int) -> None:
        data = {"decision": decision, "reviewer": "审核人"}
        if self.rng.random() < 0.5:
            data["reason"] = self.place.text()
        self.event(ENROLLMENT, contract.REVIEWED, time, data)

    def money(self, kind: str, time: int, data: dict, bank: str, txn: str, **more) -> None:
        named = {"payment_code": self.code, "bank": bank, "bank_txn_id": txn}
        self.place.post(PAYMENT, self.code, kind, time, named | data, **more)

    def pay(self, time: int, amount: int | None = None) -> None:
        rng = self.rng
        bank, txn = rng.choice(self.programme.banks), f"T{self.place.new_id()}"
        if rng.random() < 0.01:
            bank = rng.choice(("ICBC", "XJRCU", "nobody"))
        amount = self.programme.fee_fen if amount is None else amount
        data = {"amount_fen": amount, "currency": "CNY", "channel": rng.choice(("counter", "app"))}
        if rng.random() < 0.4:
            data["receipt_no"] = rng.choice(("R1", "R2", "票据〔2023〕2号"))
        self.txns.append((bank, txn, amount))
        self.money(contract.SETTLED, time, data, bank, txn)

    def refund(self, time: int) -> None:
        rng = self.rng
        bank, txn, amount = rng.choice(self.txns or [("BOC", "T-none", 5)])
        amount = max(1, amount + rng.choice((0, 0, -1, 1, -amount // 2)))
        self.money(contract.REFUNDED, time, {
            "refund_txn_id": rng.choice(("r1", "r2", self.place.new_id())), "amount_fen": amount,
            "currency": "CNY"}, bank, txn)

    def receipt(self, time: int) -> None:
        bank, txn, _ = self.rng.choice(self.txns or [("BOC", "T-none", 5)])
        number = self.rng.choice(("R1", "R2"))
        self.money(contract.RECEIPTED, time, {"receipt_no": number}, bank, txn)

    def admit(self) -> None:
        """Approval and payment, in either order, with what may go wrong about either."""
        rng, term, fee = self.rng, self.term, self.programme.fee_fen
        edges = (term.training_from, self.now, self.now + HOUR, self.now + 5 * HOUR)
        approved, paid = (corner(rng, rng.choice(edges)) for _ in range(2))
        if rng.random() < 0.05:
            paid = corner(rng, rng.choice((term.training_to, term.close_at)))
        if rng.random() < 0.05:
            approved = corner(rng, rng.choice((term.training_to, term.close_at)))
        if rng.random() < 0.15:
            self.pay(paid - HOUR, rng.choice((max(1, fee - 1), fee + 1, 1, fee * 2)))
        if rng.random() < 0.95:
            self.review("approved", approved)
        if rng.random() < 0.95:
            self.pay(paid)
        if rng.random() < 0.1:
            self.pay(paid + rng.choice((0, HOUR)))
        if rng.random() < 0.1:
            for _ in range(3):
                self.receipt(paid + rng.choice((-HOUR, 0, HOUR, DAY)))
        self.active_at = max(approved, paid)
        self.now = max(self.active_at, term.training_from)

    # --- Studying ----------------------------------------------------------------------

    def play(self, course: Course, low: int, high: int, start: int, end: int) -> None:
        data = {"course_id": course.id, "session_id": "s", "from_s": low, "to_s": high,
                "started_at": self.place.at(start), "ended_at": self.place.at(end)}
        if self.rng.random() < 0.2:
            data["device_id"] = "phone"
        self.event(WATCH_TIME, contract.PLAYED, end, data)

    def watch(self, course: Course) -> None:
        """From beginning to end in reports as long as they may be, or nearly so."""
        rng, rate = self.rng, self.programme.watch["max_rate"]
        longest = self.programme.watch["max_report_s"]
        start, at = self.now, 0
        if not self.careful and rng.random() < 0.5:
            start = corner(rng, rng.choice((self.active_at, self.term.training_from,
                                            self.term.training_to)))
            start -= rng.choice((0, 5, longest // 2)) * SECOND
        elif rng.random() < 0.05:  # done when the training ends, or hardly not
            whole = course.length_s * 1000 // rate
            start = self.term.training_to - (whole - rng.choice((0, 5, 60))) * SECOND
        while at < course.length_s:
            wall = longest if rng.random() < 0.9 else rng.randrange(11, longest + 1)
            media = wall * rate // 1000 + rng.choice((0, 1, 2))
            end = start + wall * SECOND
            step = rng.choice((0, 0, 1, SECOND))
            if not self.careful:
                media += rng.choice((0, 0, 1, -1, wall))
                end -= rng.choice((0, 0, 0, 1, SECOND - 1, 2 * wall * SECOND // 3))
                step -= rng.choice((0, 1, 2, 3, 10)) * rng.choice((1, SECOND))
            high = min(course.length_s, at + max(1, media))
            self.play(course, at, high, start, end)
            at = high
            start = end + step
        self.now = max(self.now, start)
        self.learned[course.id] = start

    def watch_oddly(self, course: Course) -> None:
        rng, now = self.rng, self.now
        longest = self.programme.watch["max_report_s"] * SECOND
        length = rng.choice((longest, longest + 1, longest - 1, 0, -SECOND, 1, 10 * SECOND,
                             10 * SECOND - 1, 9 * SECOND))
        start = now - rng.choice((0, 0, longest // 2, longest, HOUR))
        low = rng.choice((0, 0, 10, course.length_s, course.length_s - 1, -1))
        high = rng.choice((low, low + 1, low + 20, low - 1, course.length_s, course.length_s + 1))
        self.play(course, low, high, start, start + length)
        self.now = max(now, start + length)

    def watch_across(self, course: Course) -> None:
        """Across an edge of the window, or of wall time that is taken, with too much media."""
        rng, rate = self.rng, self.programme.watch["max_rate"]
        longest = self.programme.watch["max_report_s"]
        edge = rng.choice((self.active_at, self.term.training_from, self.term.training_to,
                           self.now, self.now))
        wall = rng.choice((10, 10, 11, 20, 21, longest)) * SECOND - rng.choice((0, 0, 1))
        for _ in range(rng.choice((1, 2, 3))):
            before = rng.choice((0, wall // 4, wall // 2, wall // 2 + 1, wall // 2 - 1, wall,
                                 wall - SECOND, SECOND // 2))
            budget = wall * rate // (1000 * SECOND)
            media = max(1, budget + rng.choice((0, 2, 3, budget, budget // 2, -budget // 2)))
            low = rng.randrange(max(1, course.length_s - 1))
            start = edge - before
            self.play(course, low, min(course.length_s, low + media), start, start + wall)
            edge = start + wall
        self.now = max(self.now, edge)

    def cheat(self, course: Course) -> None:
        """Nineteen to twenty-one reports, each with more media than its wall time can hold."""
        for number in range(self.rng.choice((19, 20, 21))):
            start = self.now + number * 2 * SECOND
            self.play(course, 0, min(course.length_s, 50), start, start + SECOND)
        self.now += 60 * SECOND

    def attend(self, course: Course) -> None:
        rng = self.rng
        needed = (course.live_to - course.live_from) * self.programme.watch["live_share"] // 1000
        joined = course.live_from + rng.choice((0, 0, -HOUR, 1, SECOND))
        left = max(joined, course.live_from) + needed + rng.choice((0, 0, 1, -1, SECOND, HOUR))
        pieces = [(joined, left)]
        if rng.random() < 0.3:
            middle = (joined + left) // 2
            pieces = [(joined, middle), (middle + rng.choice((0, 1, -SECOND)), left)]
        if rng.random() < 0.05:
            pieces.append((joined, joined + 12 * HOUR + rng.choice((0, 1))))
        for start, end in pieces:
            self.event(WATCH_TIME, contract.ATTENDED, end, {
                "course_id": course.id, "session_id": "s", "joined_at": self.place.at(start),
                "left_at": self.place.at(end)})
        self.now = max(self.now, left) if rng.random() < 0.5 else self.now

    def answers(self, course: Course, well: bool) -> tuple[str, list]:
        paper = next(p for p in self.programme.papers if p.course_id == course.id)
        answers = []
        for name, question in paper.questions.items():
            choice = sorted(question.key)
            self.rng.shuffle(choice)
            if not well and self.rng.random() < 0.6:
                choice = self.rng.choice((choice[:-1], choice + ["Z"], ["Q"], []))
            if well or self.rng.random() < 0.9:
                answers.append({"question": name, "choice": choice})
        return paper.id, answers

    def examine(self, course: Course, time: int, well: bool, attempt_id: str | None = None) -> None:
        rng, passing = self.rng, self.programme.exams["pass_score"]
        if not any(p.course_id == course.id for p in self.programme.papers):
            return
        paper_id, answers = self.answers(course, well)
        fastest = self.programme.exams["min_exam_time_s"] * SECOND
        started = time - fastest + rng.choice((0, 0, 0, 1, -HOUR, -HOUR, fastest))
        data = {"course_id": course.id, "attempt_id": attempt_id or self.place.new_id(),
                "paper_id": paper_id, "started_at": self.place.at(started)}
        if rng.random() < 0.5:
            data["answers"] = answers
        else:
            data["score"] = rng.choice((passing, passing + 1, 100) if well else (passing - 1, 0))
        self.event(EXAM, contract.EXAMINED, time, data)

    def sit(self, course: Course) -> None:
        """One to five attempts around the moment at which the course was learned."""
        rng = self.rng
        learned = self.learned.get(course.id, self.now)
        time = learned + HOUR
        if rng.random() < 0.15:
            time = corner(rng, rng.choice((learned, learned, learned, self.term.training_to)))
        for _ in range(rng.choice((0, 0, 0, 0, 1, 1, 2, 3, 4))):
            self.examine(course, time, False)
            time += rng.choice((1, HOUR))
            if rng.random() < 0.15:
                self.grant(course, time)
        self.examine(course, time, rng.random() < 0.9)
        self.now = max(self.now, time) if time < self.term.training_to else self.now

    def grant(self, course: Course, time: int) -> None:
        self.event(EXAM, contract.GRANTED, time, {
            "course_id": course.id, "grant_id": self.rng.choice(("g1", "g2", self.place.new_id())),
            "extra": self.rng.choice((1, 1, 2, 3)), "actor": "办公室", "reason": self.place.text()})

    def study(self, share: float) -> None:
        rng = self.rng
        courses = [c for c in self.programme.courses
                   if rng.random() < (share if c.taught_in(self.term) else 0.05)]
        if rng.random() < 0.4:
            rng.shuffle(courses)
        for course in courses:
            if course.kind == "live":
                self.attend(course)
                continue
            if rng.random() < 0.95:
                self.watch(course)
            if rng.random() < 0.1:
                self.watch_oddly(course)
            if rng.random() < 0.15:
                self.watch_across(course)
            if rng.random() < 0.02:
                self.cheat(course)
            if rng.random() < 0.95:
                self.sit(course)
        if rng.random() < 0.9:
            self.survey(corner(rng, self.now))

    # --- What else may happen ----------------------------------------------------------

    def survey(self, time: int) -> None:
        self.event(ENROLLMENT, contract.SURVEY, time, {"survey_id": "survey-2023"})

    def withdraw(self, time: int) -> None:
        self.event(ENROLLMENT, contract.WITHDRAWN, time, {"reason": self.place.text()})

    def disqualify(self, time: int) -> None:
        act = {"actor": "考务", "reason": self.place.text()}
        self.event(ENROLLMENT, contract.DISQUALIFIED, time, act)

    def reinstate(self, time: int) -> None:
        act = {"actor": "考务", "reason": self.place.text()}
        self.event(ENROLLMENT, contract.REINSTATED, time, act)

    def correct(self, time: int) -> None:
        rng = self.rng
        data = {"actor": "a", "reason": self.place.text()}
        data |= rng.choice(({"name": rng.choice(_NAMES)}, {"mobile": "13900139000"},
                            {"employer": "e", "name": rng.choice(_NAMES)}))
        self.event(ENROLLMENT, contract.CORRECTED, time, data)

    def order_revocation(self, time: int) -> None:
        number = self.place.deployment.certificate_no(self.programme, self.trainee_id)
        if self.rng.random() < 0.1:
            number = number[:-1] + "A"
        data = {"certificate_no": number, "trainee_id": self.trainee_id, "actor": "a",
                "reason": self.place.text()}
        self.place.post(ENROLLMENT, self.trainee_id, contract.ORDER, time, data)

    def incident(self) -> None:
        """One of the things that break the plain course of events, at a telling moment."""
        rng, term = self.rng, self.term
        moments = [self.now, self.now + HOUR, self.active_at, self.active_at + HOUR,
                   term.training_from, term.training_to, term.close_at,
                   *self.learned.values(), *(t + HOUR for t in self.learned.values())]
        time = corner(rng, rng.choice(moments))
        act = rng.choice((
            self.withdraw, self.disqualify, self.reinstate, self.bar, self.bar, self.correct,
            self.order_revocation, self.refund, self.receipt, self.survey, self.pay,
            self.reject, self.approve, self.odd_exam, self.odd_watch, self.across, self.enroll_again))
        act(time)

    def aftermath(self) -> None:
        """What comes when all is done, and a certificate perhaps stands."""
        rng, time = self.rng, self.now + HOUR
        for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
            act = rng.choice((
                self.correct, self.correct, self.bar, self.bar, self.withdraw, self.reject,
                self.refund, self.order_revocation, self.disqualify, self.reinstate,
                self.odd_exam, self.survey))
            act(time - rng.choice((0, 0, 0, HOUR, 2 * HOUR, 5 * HOUR, DAY)))
            time += rng.choice((0, 1, HOUR, DAY))

    def approve(self, time: int) -> None:
        self.review("approved", time)

    def reject(self, time: int) -> None:
        self.review("rejected", time)

    def enroll_again(self, time: int) -> None:
        """In the same programme, under another enrollment id."""
        term = self.rng.choice(self.programme.terms)
        again = Enrolled(self.place, self.trainee_id, self.rng.choice(("e1", "again")), term)
        again.submit(id_number(self.rng))

    def bar(self, time: int) -> None:
        self.disqualify(time)
        if self.rng.random() < 0.8:
            self.reinstate(time + self.rng.choice((0, 1, -1, HOUR, DAY, -HOUR)))

    def odd_exam(self, time: int) -> None:
        course = self.rng.choice(list(self.place.deployment.config.catalogue.courses.values()))
        if course.programme is self.programme:
            self.examine(course, time, self.rng.random() < 0.5, self.rng.choice(("a1", "a2", None)))

    def across(self, time: int) -> None:
        recorded = [c for c in self.programme.courses if c.kind == "recorded"]
        self.watch_across(self.rng.choice(recorded))

    def odd_watch(self, time: int) -> None:
        course = self.rng.choice(list(self.place.deployment.config.catalogue.courses.values()))
        self.now = time
        self.watch_oddly(course) if course.kind == "recorded" else self.attend(course)


def import_credit(place: Place, trainee_id: str, year: int, time: int) -> None:
    rng = place.rng
    data = {"trainee_id": trainee_id, "year": rng.choice((year, year, year, year - 1)),
            "category": "public", "hours": rng.choice((30, 29.9, 0.1, 7.5, 1.5, 15, 15, 200)),
            "provider": rng.choice(("site", "网站")),
            "evidence_no": rng.choice(("e1", "e2", place.new_id()))}
    place.post(ENROLLMENT, trainee_id, contract.CREDIT, time, data)

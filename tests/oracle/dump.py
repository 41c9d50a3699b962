"""The canonical dump (fold.md section 9), outcomes and events as text."""

import json
from collections.abc import Iterator

import derive
from effects import Story
from instants import dumped, published
from passing import Journal
from world import World


line = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _course(view: derive.CourseView) -> dict:
    return {
        "attempts": [{"attempt_id": v.attempt.attempt_id, "passed": v.passed,
                      "score": v.attempt.score, "verdict": v.verdict} for v in view.verdicts],
        "course_id": view.course.id, "credited_at": dumped(view.credited_at),
        "learned_at": dumped(view.learned_at), "watched_s": view.watched_s}


def _courses(view: derive.View) -> list[dict]:
    return [_course(v) for _, v in sorted(view.courses.items())
            if v.verdicts or v.credited_at is not None or v.learned_at is not None or v.watched_s]


def _enrollment(view: derive.View) -> dict:
    enrollment, ended = view.enrollment, view.ended
    payments = [
        {"amount_fen": row.amount_fen, "bank": row.bank, "bank_txn_id": row.bank_txn_id,
         "owed": view.owed.get(name), "refunded_fen": row.refunded_fen,
         "settles": row is view.settling}
        for name, row in sorted(enrollment.account.rows.items())]
    return {
        "active_at": None if ended else dumped(view.active_at), "approved": view.approved,
        "bars": [] if ended else [[dumped(start), dumped(end)] for start, end in view.bars],
        "courses": [] if ended else _courses(view),
        "due_at": None if ended else dumped(view.due_at), "enrollment_id": enrollment.id,
        "hours": 0 if ended else view.hours, "kind": "enrollment",
        "missing": [] if ended else view.missing, "paid": view.paid, "payments": payments,
        "state": view.state, "survey_at": None if ended else dumped(view.survey_at),
        "term_id": enrollment.term.id, "trainee_id": enrollment.trainee_id}


def _certificate(world: World, index: int, trainee_id: str, story: Story, full: bool) -> dict | None:
    standing, versions = story.standing.get(index), story.versions.get(index, [])
    ordered = world.catalogue.programmes[index] in world.trainees[trainee_id].ordered
    if standing is None and not ordered and not (full and versions):
        return None
    document = {
        "certificate_no": world.config.certificate_no(index, trainee_id),
        "digest": standing and standing.digest,
        "enrollment_id": standing and standing.enrollment.id,
        "issued_at": standing and dumped(standing.issued_at), "kind": "certificate",
        "ordered": ordered, "trainee_id": trainee_id}
    if full:
        document["versions"] = [
            {"digest": v.digest, "issued_at": dumped(v.issued_at),
             "revoked_at": dumped(v.revoked_at), "version": number}
            for number, v in enumerate(versions, 1)]
    return document


def _years(world: World, trainee_id: str, story: Story) -> dict[int, derive.Year]:
    standing = [world.catalogue.programmes[index] for index in story.standing]
    views = list(world.views.get(trainee_id, {}).values())
    return derive.years(world.trainees[trainee_id], views, standing)


def _of_trainee(world: World, trainee_id: str, full: bool) -> Iterator[tuple[tuple, dict]]:
    story = world.stories.get(trainee_id, Story())
    for view in world.views.get(trainee_id, {}).values():
        document = _enrollment(view)
        if full:
            document["revision"] = story.enrollments[view.enrollment.id].revision
        yield ("enrollment", trainee_id, view.enrollment.id), document
    for index in range(len(world.catalogue.programmes)):
        document = _certificate(world, index, trainee_id, story, full)
        if document is not None:
            yield ("certificate", trainee_id, document["certificate_no"]), document
    for year, view in _years(world, trainee_id, story).items():
        document = {"complete": view.complete, "kind": "year",
                    "professional_hours": view.professional_hours,
                    "public_hours": view.public_hours, "trainee_id": trainee_id, "year": year}
        if full:
            document["revision"] = story.years[year][0]
        yield ("year", trainee_id, str(year)), document


def _unknown_money(world: World) -> Iterator[tuple[tuple, dict]]:
    for code, account in world.unknown_money.items():
        owed = derive.owed_unknown(account)
        for name, row in account.rows.items():
            yield ("payment", code, *name), {
                "amount_fen": row.amount_fen, "bank": row.bank, "bank_txn_id": row.bank_txn_id,
                "kind": "payment", "owed": owed.get(name), "payment_code": code,
                "refunded_fen": row.refunded_fen}


def dump(journal: Journal, full: bool) -> Iterator[str]:
    world = journal.world
    documents = list(_unknown_money(world))
    for trainee_id in world.trainees:
        documents += _of_trainee(world, trainee_id, full)
    for _, document in sorted(documents, key=lambda entry: entry[0]):
        yield line(document)
    for entry in journal.entries if full else ():
        yield line({"commit": entry.commit, "count": len(entry.events),
                    "digest": entry.digest(), "kind": "outbox"})


def outcomes(journal: Journal) -> Iterator[str]:
    for record, outcome, reason, released in journal.world.outcomes:
        reason = "null" if reason is None else f'"{reason}"'
        yield (f'{{"offset":{record.offset},"outcome":"{outcome}","partition":{record.partition},'
               f'"reason":{reason},"released":{str(released).lower()},"topic":"{record.topic}"}}')


def events(journal: Journal) -> Iterator[str]:
    for entry in journal.entries:
        for event in entry.events:
            yield line({
                "ce_id": event.ce_id, "ce_subject": event.subject,
                "ce_time": published(event.time), "ce_type": event.type, "commit": entry.commit,
                "data": event.data, "key": event.key, "topic": event.topic})

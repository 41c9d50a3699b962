"""Small histories by seed: who does what (plans.py), what is repeated, broken, late, and ticks."""

import copy
import json
import random
from dataclasses import dataclass

import contract
import plans
from contract import ENROLLMENT, PAYMENT, TOPICS
from deployments import Deployment
from instants import DAY, SECOND
from plans import Enrolled, Place
from posting import BREAKAGES, Post, partition_of, record

_TRAINEES = ("t1", "t2", "T10", "T9", "a.b", "a-b", "a_b", "zz:1", "0" * 64)
_ENROLLMENTS = ("e1", "e2", "E10", "e.1", "same")
DUPLICATES = 0.10


COMMIT = '{"commit":true}'


@dataclass(eq=False)
class History:
    """Records as text in the order in which they were made, and the places of each partition's."""

    partitions: dict[str, int]
    lines: list[str]
    queues: list[list[int]]

    def log(self, places: list[int] | None = None) -> list[str]:
        """The lines of a log: as it was made, or in an order of places and boundaries (-1)."""
        header = json.dumps({"partitions": self.partitions})
        if places is None:
            return [header, *self.lines]
        return [header, *(COMMIT if place < 0 else self.lines[place] for place in places)]

    def interleaving(self, rng: random.Random) -> list[int]:
        """Another interleaving of the partitions, with commit boundaries anywhere."""
        turns = [i for i, queue in enumerate(self.queues) for _ in queue]
        style = rng.randrange(3)
        if style == 0:
            rng.shuffle(turns)
        elif style == 1:  # one partition after the other
            rank = [rng.random() for _ in self.queues]
            turns.sort(key=rank.__getitem__)
        else:  # half of the partitions lag behind
            turns.sort(key=lambda i: rng.random() + i % 2)
        left = [iter(queue) for queue in self.queues]
        return _with_commits(rng, [next(left[i]) for i in turns])


def _with_commits(rng: random.Random, places: list[int]) -> list[int]:
    chance = rng.choice((0.0, 0.03, 0.2, 1.0))
    if chance == 0.0:
        return [*places, -1]
    if chance == 1.0:
        return places
    return [entry for place in places
            for entry in ((place, -1) if rng.random() < chance else (place,))] + [-1]


# --- Making one ----------------------------------------------------------------------------

def _trainee(place: Place, trainee_id: str, id_numbers: list[str]) -> None:
    rng, catalogue = place.rng, place.deployment.config.catalogue
    terms = list(catalogue.terms.values())
    rng.shuffle(terms)
    number = rng.choice(id_numbers) if rng.random() < 0.06 else plans.id_number(rng)
    id_numbers.append(number)
    enrollments = rng.sample(_ENROLLMENTS, 2)
    diligent = rng.random() < 0.1
    both = diligent or rng.random() < 0.25
    for term, enrollment_id in zip(terms[:1 + both], enrollments):
        plan = Enrolled(place, trainee_id, enrollment_id, term)
        if rng.random() < 0.96:
            plan.submit(number)
        else:
            plan.now = term.registration_from
        plan.admit()
        share = rng.choice((0.0, 0.3, 0.9, 1.0, 1.0)) if not diligent else 1.0
        plan.careful |= diligent
        plan.study(share)
        if share == 1.0:
            plan.aftermath()
        for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
            plan.incident()
        if rng.random() < 0.25:
            plans.import_credit(place, trainee_id, term.programme.year, plan.now)


def _repeat(rng: random.Random, posts: list[Post]) -> None:
    """A tenth again: as it was, under another id, or as a conflict."""
    for post in list(posts):
        if rng.random() >= DUPLICATES:
            continue
        again = copy.copy(post)
        again.data = copy.deepcopy(post.data)
        again.published += rng.choice((0, 1000, DAY, 31 * DAY))
        style = rng.randrange(6)
        if style == 3:
            again.id += "-again"
        elif style == 4:
            again.time += rng.choice((1, -1))
        elif style == 5:
            name = rng.choice(list(again.data))
            if name not in ("trainee_id", "payment_code", "enrollment_id"):
                again.data[name] = _other(rng, again.data[name])
            if rng.random() < 0.5:
                again.id += "-other"
        posts.append(again)


def _other(rng: random.Random, value):
    if isinstance(value, int):
        return value + 1
    return value + "1" if isinstance(value, str) and value[-1:] not in "Zz" else value


def _break(rng: random.Random, posts: list[Post], share: float) -> None:
    for post in list(posts):
        if rng.random() < share:
            broken = copy.copy(post)
            broken.data = copy.deepcopy(post.data)
            broken.breakages = tuple(rng.choices(BREAKAGES, k=rng.choice((1, 1, 1, 2))))
            if rng.random() < 0.5:
                posts.append(broken)
            else:
                posts[posts.index(post)] = broken


def _unknown_money(place: Place) -> None:
    rng = place.rng
    programme = rng.choice(place.deployment.config.catalogue.programmes)
    term = rng.choice(programme.terms)
    plan = Enrolled(place, "nobody", place.new_id(), term)
    plan.code = plan.code[:-1] + rng.choice("0123456789")
    time = rng.randrange(term.registration_from, term.training_to)
    for _ in range(rng.choice((1, 2, 3))):
        rng.choice((plan.pay, plan.pay, plan.refund, plan.receipt))(time)
        time += rng.choice((0, DAY, 90 * DAY))


def _tick_instants(rng: random.Random, deployment: Deployment) -> list[int]:
    """Around reminders, ends and closings; or none."""
    edges = []
    for term in deployment.config.catalogue.terms.values():
        edges += [term.training_to - days * DAY for days in (7, 3, 1)]
        edges += [term.training_to, term.close_at, term.close_at]
    style = rng.randrange(4)
    if style == 0:
        return []
    chosen = rng.sample(edges, rng.choice((1, 1, 2, 3)))
    if style == 3:
        chosen.append(max(edges) + DAY)
    return sorted(edge + rng.choice((0, 1000, 1000, DAY)) for edge in chosen)


def _ticks(place: Place, partitions: dict[str, int]) -> list[tuple[int, Post]]:
    """On every partition, now and then but one."""
    rng, found = place.rng, []
    for instant in _tick_instants(rng, place.deployment):
        for topic in TOPICS:
            for partition in range(partitions[topic]):
                if rng.random() < 0.01:
                    continue
                stamp = instant + rng.choice((0, 0, 0, 0, 1000, SECOND))
                time = rng.choice((min(instant, stamp), instant, instant + DAY))
                post = Post(topic, "tick", contract.TICK, time, stamp,
                            {"as_of": place.at(instant)}, place.new_id(), "/clock")
                if rng.random() < 0.01:
                    post.breakages = (rng.choice(BREAKAGES),)
                found.append((partition, post))
    return found


def _records(rng: random.Random, posts: list[Post], ticks: list[tuple[int, Post]],
             partitions: dict[str, int]) -> list[dict]:
    """In the order of publication, with partition and offset."""
    placed = []
    for post in posts:
        document = record(rng, post)
        document["partition"] = partition_of(document, partitions[document["topic"]])
        placed.append((post.published, document))
    for partition, post in ticks:
        document = record(rng, post)
        document["partition"] = min(partition, partitions[document["topic"]] - 1)
        placed.append((post.published, document))
    style = rng.random()
    if style < 0.7:
        placed.sort(key=lambda entry: entry[0])
    elif style < 0.9:  # Kafka's timestamps need not rise where producers stamp
        placed.sort(key=lambda entry: entry[0] + rng.randrange(2 * 3600 * SECOND))
    else:  # a tick from the future: what follows has its stamp
        ahead = rng.choice((3600 * SECOND, 3 * DAY, 20 * DAY))
        placed.sort(key=lambda entry: entry[0] - ahead * (entry[1].get("key") == "tick"))
    offsets: dict[tuple, int] = {}
    for _, document in placed:
        queue = (document["topic"], document["partition"])
        document["offset"] = offsets.get(queue, -1) + rng.choice((1, 1, 1, 2))
        offsets[queue] = document["offset"]
    return [document for _, document in placed]


def make(deployment: Deployment, seed: int) -> History:
    """The history that a seed stands for."""
    rng = random.Random(f"{deployment.variant} {seed}")
    place = Place(rng, deployment, [], rng.choice((0.0, 0.0, 0.02, 0.15)))
    by_trainee, by_code = rng.choice((1, 1, 1, 2, 3)), rng.choice((1, 1, 2))
    partitions = dict.fromkeys(TOPICS, by_trainee) | {PAYMENT: by_code}
    id_numbers = [plans.id_number(rng)]
    for trainee_id in rng.sample(_TRAINEES, rng.choice((1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 6))):
        _trainee(place, trainee_id, id_numbers)
    if rng.random() < 0.15:
        _unknown_money(place)
    _repeat(rng, place.posts)
    _break(rng, place.posts, rng.choice((0.0, 0.0, 0.0, 0.02, 0.02, 0.5)))
    documents = _records(rng, place.posts, _ticks(place, partitions), partitions)
    queues: dict[tuple, list[int]] = {}
    for place, document in enumerate(documents):
        queues.setdefault((document["topic"], document["partition"]), []).append(place)
    lines = [json.dumps(document, ensure_ascii=False) for document in documents]
    return History(partitions, lines, list(queues.values()))

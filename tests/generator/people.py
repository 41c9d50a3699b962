"""Made-up trainees: names, ID numbers, mobile numbers, employers of the region."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玲建国辉兰"
UYGHUR = ("阿不都热依木", "买买提", "古丽娜尔", "艾力", "热依汗古丽", "吐尔逊", "迪丽努尔", "库尔班")
KAZAKH = ("叶尔兰", "古丽加娜提", "巴合提", "努尔兰", "阿依古丽")
EMPLOYERS = {
    "party-school": ("党委党校", "行政学院"),
    "socialist-college": ("社会主义学院",),
    "islamic-institute": ("伊斯兰教经学院",),
    "cadre-school": ("工会干部学校", "团校", "妇女干部学校"),
    "other": ("干部教育中心",),
}
# Prefecture, its Chinese name, and the first six digits of ID numbers from there.
PREFECTURES = (
    ("urumqi", "乌鲁木齐市", "650102"),
    ("karamay", "克拉玛依市", "650203"),
    ("turpan", "吐鲁番市", "650402"),
    ("hami", "哈密市", "650502"),
    ("changji", "昌吉州", "652301"),
    ("bayingolin", "巴州", "652801"),
    ("aksu", "阿克苏地区", "652901"),
    ("kizilsu", "克州", "653001"),
    ("kashgar", "喀什地区", "653101"),
    ("hotan", "和田地区", "653201"),
    ("ili", "伊犁州", "654002"),
    ("tacheng", "塔城地区", "654201"),
    ("altay", "阿勒泰地区", "654301"),
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(area: str, born: date, serial: int) -> str:
    """GB 11643: area, birthday, serial, check character."""
    body = f"{area}{born:%Y%m%d}{serial:03}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body))
    return body + "10X98765432"[total % 11]


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str
    mobile: str
    employer: str
    employer_kind: str
    prefecture: str
    title_level: str


def make_person(rng: random.Random, number: int) -> Person:
    """`number` makes ID number and mobile number unlike any other person's."""
    prefecture, region, area = rng.choice(PREFECTURES)
    born = date(1965, 1, 1) + timedelta(days=number // 1000 + 400 * rng.randrange(30))
    number_text = id_number(area, born, number % 1000)
    if number_text.endswith("X") and rng.random() < 0.3:
        number_text = number_text[:-1] + "x"
    mobile = f"1{rng.choice('3578')}{rng.randrange(10)}{number:08}"
    if rng.random() < 0.2:
        mobile = "+86" + mobile
    kind = rng.choices(tuple(EMPLOYERS), (70, 8, 4, 12, 6))[0]
    if rng.random() < 0.01:
        prefecture = "beijing"  # outside the table: no study group
    return Person(
        name=_name(rng),
        id_number=number_text,
        mobile=mobile,
        employer=region + rng.choice(EMPLOYERS[kind]),
        employer_kind=kind,
        prefecture=prefecture,
        title_level=rng.choices(("senior", "intermediate", "junior"), (3, 5, 4))[0],
    )


def _name(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.35:
        return f"{rng.choice(UYGHUR)}·{rng.choice(UYGHUR)}"
    if kind < 0.5:
        return f"{rng.choice(KAZAKH)}·{rng.choice(KAZAKH)}"
    return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))

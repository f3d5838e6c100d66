"""Wordings: what a story says of an act by its stage, of what it answers and of claims, in each language.

A class without a row takes that of the narrowest class above it. In Russian no name is inflected: what was
done is a noun, and names stand beside it. In Japanese particles do that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from diplograph.documents.verb_table import VERBS, Verb

DONE = frozenset({"ordered", "in-effect", "carried-out"})
"""The stages of what took place; every other one is of what was only planned, threatened or said."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language tells acts and claims.

    `verbs` are by the name of a class. `own` has sentences for one stage of a class, `matters` those that
    name what is discontinued, `stages` those of any class. `dated` puts a date before what took place,
    `planned` one behind what did not. `details` say more of an act, `relations` what it answers, `headings`
    stand above the parts of a story. `articles` are words in names that ask for "the"; `forms` change with
    the number of targets.
    """

    verbs: Mapping[str, Verb]
    own: Mapping[tuple[str, str], str]
    matters: Mapping[str, str]
    stages: Mapping[str, str]
    unknown: str
    dated: str
    planned: str
    one_source: str
    quoted: str
    act: str
    comma: str
    last: str
    semicolon: str
    full_stop: str
    on_day: str
    in_month: str
    exactly: str
    least: str
    most: str
    about: str
    between: str
    noted: str
    only: str
    version: str
    claim: str
    relations: Mapping[str, str]
    details: Mapping[str, str]
    measure: Mapping[str, str]
    headings: Mapping[str, str]
    forms: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    articles: frozenset[str] = frozenset()


_EN = Wording(
    verbs=VERBS["en"],
    own={
        ("Expulsion", "ordered"): "{actor} {had}ordered personnel of {target} to leave",
        ("MilitaryAct", "in-effect"): "military action by {actor} against {target} was under way",
        ("Sanction", "in-effect"): "{actor} {had}put sanctions on {target} into effect",
        ("Visit", "in-effect"): "a visit to {target} by a representative of {actor} was under way",
    },
    matters={
        "Discontinuation": "{actor} {had}discontinued {matter}",
        "Suspension": "{actor} {had}suspended {matter}",
        "Termination": "{actor} {had}ended {matter}",
    },
    stages={
        "ordered": "{actor} {had}ordered {noun}",
        "announced": "{actor} announced {noun}",
        "promised": "{actor} promised {noun}",
        "planned": "{actor} planned {noun}",
        "proposed": "{actor} proposed {noun}",
        "threatened": "{actor} threatened {noun}",
        "under-negotiation": "negotiations on {noun} by {actor} were under way",
        "called-for": "there was a call for {noun} by {actor}",
        "hypothetical": "the mere possibility of {noun} by {actor} was mentioned",
        "abandoned": "{actor} abandoned a plan for {noun}",
    },
    unknown="it is not known how far {noun} by {actor} came",
    dated="{date}, {sentence}",
    planned="{sentence} (date given: {date})",
    one_source="according to one source, {sentence}",
    quoted="“{0}”",
    act="{kind} by {actor}",
    comma=", ",
    last=" and ",
    semicolon="; ",
    full_stop=".",
    on_day="on {0}",
    in_month="in {0}",
    exactly="{0}",
    least="at least {0}",
    most="at most {0}",
    about="about {0}",
    between="{0} to {1}",
    noted="{0} ({1})",
    only="only {0}",
    version="{0}: {1}",
    claim="According to {who} ({status}): {says}",
    relations={
        "retaliatesFor": "As a source says, in retaliation for {other}",
        "inResponseTo": "As a source says, in response to {other}",
        "protestsAgainst": "What the protest was against: {other}",
        "reciprocalWith": "A source presents it as one half of an exchange; the other half: {other}",
        "motivatedBy": "Reason that a source gives: {other}",
        "threatens": "What was threatened: {other}",
        "envisages": "What was said to come: {other}",
        "conditionalOn": "Condition: {other}",
        "mayInclude": "It may include {other}",
    },
    details={
        "label": "What it was: {0}",
        "stance": "Stance: {0}",
        "form": "Form: {0}",
        "body": "Acting body: {0}",
        "speaker": "Spoken by {0}",
        "visitor": "Travelling: {0}",
        "subject": "What it was about: {0}",
        "affects": "Whom it concerns: {0}",
        "number": "Persons concerned: {0}",
        "changeKind": "What happened: {0}",
        "changes": "What changed: {0}",
        "changedFrom": "Before: {0}",
        "changedTo": "After: {0}",
        "movedFrom": "Moved from {0}",
        "movedTo": "Moved to {0}",
        "outcome": "Outcome: {0}",
        "aidType": "Kind of aid: {0}",
        "deadline": "Deadline: {0}",
        "completion": "Completed: {0}",
        "list": "What it rests on: {0}",
        "date-differs": "The sources differ on the date: {0}",
        "stage-differs": "The sources differ on how far it came: {0}",
        "number-differs": "The sources differ on the number of persons: {0}",
    },
    measure={
        "type": "Measure: {0}",
        "goods": "goods: {0}",
        "exempt": "exempt: {0}",
        "currency": "currency: {0}",
    },
    headings={
        "done": "What took place",
        "plans": "What was only announced, planned, threatened or called for",
        "claims": "What is claimed, and by whom",
        "both": "About the two as such",
        "none": "The release holds no acts between the two.",
        "cut": "There are more acts or claims than are told here.",
        "evidence": "evidence",
        "certainty": "certainty",
    },
    articles=frozenset({"States", "Union", "Kingdom", "Republic", "Islands", "Emirates", "Federation"}),
)

_JA = Wording(
    verbs=VERBS["ja"],
    own={
        ("Expulsion", "ordered"): "{actor}は{target}の政府職員に国外退去を命じた",
        ("MilitaryAct", "in-effect"): "{actor}による{target}に対する軍事行動が行われていた",
        ("Sanction", "in-effect"): "{actor}は{target}に対する制裁を発効させた",
        ("Visit", "in-effect"): "{actor}の代表による{target}への訪問が行われていた",
    },
    matters={
        "Discontinuation": "{actor}は{matter}を中止した",
        "Suspension": "{actor}は{matter}を停止した",
        "Termination": "{actor}は{matter}を終了させた",
    },
    stages={
        "ordered": "{actor}は{noun}を命じた",
        "announced": "{actor}は{noun}を発表した",
        "promised": "{actor}は{noun}を約束した",
        "planned": "{actor}は{noun}を計画した",
        "proposed": "{actor}は{noun}を提案した",
        "threatened": "{actor}は{noun}も辞さないと威嚇した",
        "under-negotiation": "{actor}による{noun}について交渉が行われていた",
        "called-for": "{actor}による{noun}が求められた",
        "hypothetical": "{actor}による{noun}が仮定の話として言及された",
        "abandoned": "{actor}は{noun}を断念した",
    },
    unknown="{actor}による{noun}がどこまで実現したかは不明である",
    dated="{date}、{sentence}",
    planned="{sentence}(示された日付:{date})",
    one_source="一つの出典によれば、{sentence}",
    quoted="「{0}」",
    act="{actor}による{kind}",
    comma="、",
    last="と",
    semicolon="、",
    full_stop="。",
    on_day="{0}",
    in_month="{0}",
    exactly="{0}人",
    least="{0}人以上",
    most="{0}人以下",
    about="約{0}",
    between="{0}~{1}人",
    noted="{0}({1})",
    only="{0}の段階",
    version="{0}は{1}",
    claim="{who}によれば({status})、{says}",
    relations={
        "retaliatesFor": "出典によれば、{other}に対する報復である",
        "inResponseTo": "出典によれば、{other}への対応である",
        "protestsAgainst": "抗議の対象:{other}",
        "reciprocalWith": "出典によれば、{other}と対をなす相互の措置である",
        "motivatedBy": "出典の挙げる理由:{other}",
        "threatens": "威嚇の内容:{other}",
        "envisages": "予告された内容:{other}",
        "conditionalOn": "条件:{other}",
        "mayInclude": "次の行為を含む可能性がある:{other}",
    },
    details={
        "label": "内容:{0}",
        "stance": "立場:{0}",
        "form": "形式:{0}",
        "body": "実施機関:{0}",
        "speaker": "発言者:{0}",
        "visitor": "訪問者:{0}",
        "subject": "対象:{0}",
        "affects": "対象者:{0}",
        "number": "対象者数:{0}",
        "changeKind": "変更の内容:{0}",
        "changes": "変更されたもの:{0}",
        "changedFrom": "変更前:{0}",
        "changedTo": "変更後:{0}",
        "movedFrom": "移転元:{0}",
        "movedTo": "移転先:{0}",
        "outcome": "結果:{0}",
        "aidType": "援助の種類:{0}",
        "deadline": "期限:{0}",
        "completion": "完了:{0}",
        "list": "根拠:{0}",
        "date-differs": "日付は出典により異なる:{0}",
        "stage-differs": "実現の段階は出典により異なる:{0}",
        "number-differs": "人数は出典により異なる:{0}",
    },
    measure={
        "type": "措置:{0}",
        "goods": "対象品目:{0}",
        "exempt": "除外:{0}",
        "currency": "通貨:{0}",
    },
    headings={
        "done": "実現した行為",
        "plans": "発表・計画・威嚇・要請にとどまる行為",
        "claims": "主張されていることとその主張者",
        "both": "両者の関係について",
        "none": "このリリースに、両者の間の行為はありません。",
        "cut": "ここに挙げたもののほかにも行為または主張がある。",
        "evidence": "典拠",
        "certainty": "確実度",
    },
)

_SIDE, _ADDRESSED, _HOST = "; {сторона} {target}", "; {адресат} {target}", "; {хозяин} {target}"


_RU = Wording(
    verbs=VERBS["ru"],
    own={
        ("Expulsion", "ordered"): f"{{actor}}: распоряжение о выезде персонала{_SIDE}",
        ("MilitaryAct", "in-effect"): f"{{actor}}: ведение военных действий{_SIDE}",
        ("Sanction", "in-effect"): f"{{actor}}: вступление санкций в силу{_SIDE}",
        ("Visit", "in-effect"): f"{{actor}}: визит продолжается{_HOST}",
    },
    matters={
        "Discontinuation": "{actor}: прекращение или приостановка; что именно: {matter}",
        "Suspension": "{actor}: приостановка; что именно: {matter}",
        "Termination": "{actor}: прекращение; что именно: {matter}",
    },
    stages={
        "ordered": "{actor} (распоряжение): {noun}",
        "announced": "{actor} (только объявлено): {noun}",
        "promised": "{actor} (только обещано): {noun}",
        "planned": "{actor} (только в планах): {noun}",
        "proposed": "{actor} (только предложено): {noun}",
        "threatened": "{actor} (только угроза): {noun}",
        "under-negotiation": "{actor} (только предмет переговоров): {noun}",
        "called-for": "{actor} (только призыв других): {noun}",
        "hypothetical": "{actor} (только предположение): {noun}",
        "abandoned": "{actor} (план оставлен): {noun}",
    },
    unknown="{actor} (выполнение неизвестно): {noun}",
    dated="{date} — {sentence}",
    planned="{sentence} (названная дата: {date})",
    one_source="по данным одного источника, {sentence}",
    quoted="«{0}»",
    act="{kind}, {actor}",
    comma=", ",
    last=" и ",
    semicolon="; ",
    full_stop=".",
    on_day="{0}",
    in_month="{0}",
    exactly="{0}",
    least="не менее {0}",
    most="не более {0}",
    about="примерно {0}",
    between="от {0} до {1}",
    noted="{0} ({1})",
    only="только {0}",
    version="{0} — {1}",
    claim="{who} ({status}): {says}",
    relations={
        "retaliatesFor": "По данным источника, это ответная мера; её повод: {other}",
        "inResponseTo": "По данным источника, это реакция; её повод: {other}",
        "protestsAgainst": "Предмет протеста: {other}",
        "reciprocalWith": "По данным источника, меры взаимны; другая мера: {other}",
        "motivatedBy": "Причина, которую называет источник: {other}",
        "threatens": "Содержание угрозы: {other}",
        "envisages": "О каком будущем действии речь: {other}",
        "conditionalOn": "Условие: {other}",
        "mayInclude": "Возможно, сюда входит: {other}",
    },
    details={
        "label": "А именно: {0}",
        "stance": "Позиция: {0}",
        "form": "Форма: {0}",
        "body": "Орган: {0}",
        "speaker": "Кто высказался: {0}",
        "visitor": "Кто совершает визит: {0}",
        "subject": "Предмет: {0}",
        "affects": "Кого это касается: {0}",
        "number": "Число лиц, которых это касается: {0}",
        "changeKind": "Что произошло: {0}",
        "changes": "Что изменено: {0}",
        "changedFrom": "До этого: {0}",
        "changedTo": "После этого: {0}",
        "movedFrom": "Прежнее место: {0}",
        "movedTo": "Новое место: {0}",
        "outcome": "Итог: {0}",
        "aidType": "Вид помощи: {0}",
        "deadline": "Срок: {0}",
        "completion": "Завершено: {0}",
        "list": "Основание: {0}",
        "date-differs": "Источники расходятся в дате: {0}",
        "stage-differs": "Источники расходятся в том, насколько это осуществлено: {0}",
        "number-differs": "Источники расходятся в числе лиц: {0}",
    },
    measure={
        "type": "Мера: {0}",
        "goods": "товары: {0}",
        "exempt": "исключения: {0}",
        "currency": "валюта: {0}",
    },
    headings={
        "done": "Что произошло",
        "plans": "Что только объявлено, запланировано, прозвучало как угроза или призыв",
        "claims": "Что утверждается и кем",
        "both": "Об отношениях двух сторон",
        "none": "В этом выпуске нет действий между этими двумя государствами.",
        "cut": "Действий или утверждений больше, чем изложено здесь.",
        "evidence": "подтверждения",
        "certainty": "степень уверенности",
    },
    forms={
        "сторона": ("другая сторона:", "другие стороны:"),
        "адресат": ("адресат:", "адресаты:"),
        "хозяин": ("принимающая сторона:", "принимающие стороны:"),
    },
)
WORDINGS: Mapping[str, Wording] = MappingProxyType({"en": _EN, "ja": _JA, "ru": _RU})
"""The wording of each language that a story is told in."""

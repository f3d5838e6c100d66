"""Verbs: the closed table of what a story says of an act, by its class, by its stage, and by language.

A class without a row takes that of the narrowest class above it. In Russian no name is inflected: what was
done is a noun, and names stand beside it. In Japanese particles do that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DONE = frozenset({"ordered", "in-effect", "carried-out"})
"""The stages of what took place; every other one is of what was only planned, threatened or said."""
JOINT = ""
"""The row of acts that name no target: those that states did together."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One kind of act in one language: as a sentence about what was done, and as a noun."""

    done: str
    noun: str


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
    verbs={
        JOINT: Verb("{actor} {had}acted together ({kind})", "a joint act ({kind})"),
        "Act": Verb("{actor} {had}acted towards {target}", "an act towards {target}"),
        "DiplomaticAct": Verb(
            "{actor} {had}acted diplomatically towards {target}", "a diplomatic act towards {target}"
        ),
        "ActSeries": Verb(
            "{actor} {had}acted towards {target} several times", "a series of acts towards {target}"
        ),
        "Expulsion": Verb(
            "{actor} {had}expelled personnel of {target}", "the expulsion of personnel of {target}"
        ),
        "Detention": Verb(
            "{actor} {had}detained a person, in an act aimed at {target}", "a detention aimed at {target}"
        ),
        "Sanction": Verb("{actor} {had}imposed sanctions on {target}", "sanctions on {target}"),
        "MilitaryAct": Verb(
            "{actor} {had}used its armed forces against {target}", "military action against {target}"
        ),
        "Annexation": Verb(
            "{actor} {had}proclaimed an annexation against {target}", "an annexation against {target}"
        ),
        "Withdrawal": Verb("{actor} {had}pulled out of {target}", "a withdrawal from {target}"),
        "Visit": Verb("a representative of {actor} {had}paid a visit to {target}", "a visit to {target}"),
        "Discontinuation": Verb(
            "{actor} {had}discontinued talks or an agreement with {target}",
            "the discontinuation of talks or an agreement with {target}",
        ),
        "Suspension": Verb(
            "{actor} {had}suspended talks or an agreement with {target}",
            "the suspension of talks or an agreement with {target}",
        ),
        "Termination": Verb(
            "{actor} {had}ended talks or an agreement with {target}",
            "the end of talks or an agreement with {target}",
        ),
        "CommunicativeAct": Verb("{actor} {had}addressed {target}", "an address to {target}"),
        "Threat": Verb("{actor} {had}issued a threat to {target}", "a threat to {target}"),
        "Protest": Verb("{actor} {had}protested to {target}", "a protest to {target}"),
        "Accusation": Verb(
            "{actor} {had}made an accusation aimed at {target}", "an accusation aimed at {target}"
        ),
        "Demand": Verb("{actor} {had}made a demand of {target}", "a demand of {target}"),
        "Declaration": Verb(
            "{actor} {had}made a statement aimed at {target}", "a statement aimed at {target}"
        ),
        "Recognition": Verb(
            "{actor} {had}declared a recognition aimed at {target}", "a recognition aimed at {target}"
        ),
        "NonResponse": Verb(
            "{actor} {had}left {target} without an answer", "the lack of an answer to {target}"
        ),
    },
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
    verbs={
        JOINT: Verb("{actor}は共同で行動した({kind})", "共同の行動({kind})"),
        "Act": Verb("{actor}は{target}に対して行動をとった", "{target}に対する行動"),
        "DiplomaticAct": Verb(
            "{actor}は{target}に対して外交上の行動をとった", "{target}に対する外交上の行動"
        ),
        "ActSeries": Verb("{actor}は{target}に対して一連の行動をとった", "{target}に対する一連の行動"),
        "Expulsion": Verb("{actor}は{target}の政府職員を国外に追放した", "{target}の政府職員の国外追放"),
        "Detention": Verb(
            "{actor}は{target}に向けた措置として人の身柄を拘束した", "{target}に対する身柄の拘束"
        ),
        "Sanction": Verb("{actor}は{target}に制裁を科した", "{target}に対する制裁"),
        "MilitaryAct": Verb("{actor}は{target}に対して軍事行動をとった", "{target}に対する軍事行動"),
        "Annexation": Verb("{actor}は{target}に対して領土の併合を宣言した", "{target}に対する領土の併合"),
        "Withdrawal": Verb("{actor}は{target}から撤退した", "{target}からの撤退"),
        "Visit": Verb("{actor}の代表が{target}を訪問した", "{target}への訪問"),
        "Discontinuation": Verb(
            "{actor}は{target}との協議または取り決めを中止した", "{target}との協議または取り決めの中止"
        ),
        "Suspension": Verb(
            "{actor}は{target}との協議または取り決めを停止した", "{target}との協議または取り決めの停止"
        ),
        "Termination": Verb(
            "{actor}は{target}との協議または取り決めを終了させた", "{target}との協議または取り決めの終了"
        ),
        "CommunicativeAct": Verb("{actor}は{target}に意思を伝えた", "{target}への意思の伝達"),
        "Threat": Verb("{actor}は{target}を威嚇した", "{target}に対する威嚇"),
        "Protest": Verb("{actor}は{target}に抗議した", "{target}への抗議"),
        "Accusation": Verb("{actor}は{target}を非難した", "{target}に対する非難"),
        "Demand": Verb("{actor}は{target}に要求を行った", "{target}への要求"),
        "Declaration": Verb("{actor}は{target}に向けて声明を出した", "{target}に向けた声明"),
        "Recognition": Verb("{actor}は{target}に向けて承認を表明した", "{target}に向けた承認の表明"),
        "NonResponse": Verb("{actor}は{target}に対して回答を控えた", "{target}に対する回答の差し控え"),
    },
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


def _noun(noun: str, target: str = _SIDE) -> Verb:
    """A kind of act in Russian: a noun, and beside it the one that it concerns, uninflected."""
    return Verb(f"{{actor}}: {noun}{target}", f"{noun}{target}")


_RU = Wording(
    verbs={
        JOINT: _noun("совместно — {kind}", ""),
        "Act": _noun("действие"),
        "DiplomaticAct": _noun("дипломатическое действие"),
        "ActSeries": _noun("серия действий"),
        "Expulsion": _noun("высылка персонала"),
        "Detention": _noun("задержание"),
        "Sanction": _noun("введение санкций"),
        "MilitaryAct": _noun("военные действия"),
        "Annexation": _noun("провозглашение аннексии"),
        "Withdrawal": _noun("уход из страны или с рынка"),
        "Visit": _noun("визит", _HOST),
        "Discontinuation": _noun("прекращение или приостановка переговоров либо соглашения"),
        "Suspension": _noun("приостановка переговоров или соглашения"),
        "Termination": _noun("прекращение переговоров или соглашения"),
        "CommunicativeAct": _noun("обращение", _ADDRESSED),
        "Threat": _noun("угроза", _ADDRESSED),
        "Protest": _noun("протест", _ADDRESSED),
        "Accusation": _noun("обвинение", _ADDRESSED),
        "Demand": _noun("требование", _ADDRESSED),
        "Declaration": _noun("заявление", _ADDRESSED),
        "Recognition": _noun("заявление о признании", _ADDRESSED),
        "NonResponse": _noun("отсутствие ответа", _ADDRESSED),
    },
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

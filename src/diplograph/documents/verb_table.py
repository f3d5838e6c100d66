"""Verb table: what a story says of an act of each class, in each language, one class after the other.

In English and in Japanese a row is a sentence about what was done, a bar, and the act as a noun. In Russian
no name is inflected: a row is the noun, and in brackets what the one beside it is to the act.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

JOINT = ""
"""The row of acts that name no target: those that states did together."""
_ROWS = """
(together)
  en {actor} {had}acted together ({kind}) | a joint act ({kind})
  ja {actor}は共同で行動した({kind}) | 共同の行動({kind})
  ru совместно — {kind}
Act
  en {actor} {had}acted towards {target} | an act towards {target}
  ja {actor}は{target}に対して行動をとった | {target}に対する行動
  ru действие (сторона)
DiplomaticAct
  en {actor} {had}acted diplomatically towards {target} | a diplomatic act towards {target}
  ja {actor}は{target}に対して外交上の行動をとった | {target}に対する外交上の行動
  ru дипломатическое действие (сторона)
ActSeries
  en {actor} {had}acted towards {target} several times | a series of acts towards {target}
  ja {actor}は{target}に対して一連の行動をとった | {target}に対する一連の行動
  ru серия действий (сторона)
Expulsion
  en {actor} {had}expelled personnel of {target} | the expulsion of personnel of {target}
  ja {actor}は{target}の政府職員を国外に追放した | {target}の政府職員の国外追放
  ru высылка персонала (сторона)
Detention
  en {actor} {had}detained a person, in an act aimed at {target} | a detention aimed at {target}
  ja {actor}は{target}に向けた措置として人の身柄を拘束した | {target}に対する身柄の拘束
  ru задержание (сторона)
Sanction
  en {actor} {had}imposed sanctions on {target} | sanctions on {target}
  ja {actor}は{target}に制裁を科した | {target}に対する制裁
  ru введение санкций (сторона)
MilitaryAct
  en {actor} {had}used its armed forces against {target} | military action against {target}
  ja {actor}は{target}に対して軍事行動をとった | {target}に対する軍事行動
  ru военные действия (сторона)
Annexation
  en {actor} {had}proclaimed an annexation against {target} | an annexation against {target}
  ja {actor}は{target}に対して領土の併合を宣言した | {target}に対する領土の併合
  ru провозглашение аннексии (сторона)
Withdrawal
  en {actor} {had}pulled out of {target} | a withdrawal from {target}
  ja {actor}は{target}から撤退した | {target}からの撤退
  ru уход из страны или с рынка (сторона)
Visit
  en a representative of {actor} {had}paid a visit to {target} | a visit to {target}
  ja {actor}の代表が{target}を訪問した | {target}への訪問
  ru визит (хозяин)
Discontinuation
  en {actor} {had}discontinued talks or an agreement with {target}
     | the discontinuation of talks or an agreement with {target}
  ja {actor}は{target}との協議または取り決めを中止した | {target}との協議または取り決めの中止
  ru прекращение или приостановка переговоров либо соглашения (сторона)
Suspension
  en {actor} {had}suspended talks or an agreement with {target}
     | the suspension of talks or an agreement with {target}
  ja {actor}は{target}との協議または取り決めを停止した | {target}との協議または取り決めの停止
  ru приостановка переговоров или соглашения (сторона)
Termination
  en {actor} {had}ended talks or an agreement with {target}
     | the end of talks or an agreement with {target}
  ja {actor}は{target}との協議または取り決めを終了させた | {target}との協議または取り決めの終了
  ru прекращение переговоров или соглашения (сторона)
CommunicativeAct
  en {actor} {had}addressed {target} | an address to {target}
  ja {actor}は{target}に意思を伝えた | {target}への意思の伝達
  ru обращение (адресат)
Threat
  en {actor} {had}issued a threat to {target} | a threat to {target}
  ja {actor}は{target}を威嚇した | {target}に対する威嚇
  ru угроза (адресат)
Protest
  en {actor} {had}protested to {target} | a protest to {target}
  ja {actor}は{target}に抗議した | {target}への抗議
  ru протест (адресат)
Accusation
  en {actor} {had}made an accusation aimed at {target} | an accusation aimed at {target}
  ja {actor}は{target}を非難した | {target}に対する非難
  ru обвинение (адресат)
Demand
  en {actor} {had}made a demand of {target} | a demand of {target}
  ja {actor}は{target}に要求を行った | {target}への要求
  ru требование (адресат)
Declaration
  en {actor} {had}made a statement aimed at {target} | a statement aimed at {target}
  ja {actor}は{target}に向けて声明を出した | {target}に向けた声明
  ru заявление (адресат)
Recognition
  en {actor} {had}declared a recognition aimed at {target} | a recognition aimed at {target}
  ja {actor}は{target}に向けて承認を表明した | {target}に向けた承認の表明
  ru заявление о признании (адресат)
NonResponse
  en {actor} {had}left {target} without an answer | the lack of an answer to {target}
  ja {actor}は{target}に対して回答を控えた | {target}に対する回答の差し控え
  ru отсутствие ответа (адресат)
Change
  en {actor} {had}made a change that concerns {target} | a change that concerns {target}
  ja {actor}は{target}に関わる変更を行った | {target}に関わる変更
  ru изменение (сторона)
RelationsChange
  en {actor} {had}changed diplomatic relations with {target}
     | a change of diplomatic relations with {target}
  ja {actor}は{target}との外交関係を変更した | {target}との外交関係の変更
  ru изменение дипломатических отношений (сторона)
MissionChange
  en {actor} {had}made a change to a mission, in a step towards {target}
     | a change to a mission, in a step towards {target}
  ja {actor}は{target}に関わる在外公館の体制を変更した | {target}に関わる在外公館の体制の変更
  ru изменение в дипломатическом представительстве (сторона)
MembershipChange
  en {actor} {had}changed the membership of {target} | a change of the membership of {target}
  ja {actor}は{target}の加盟資格を変更した | {target}の加盟資格の変更
  ru изменение членства (сторона)
ListingChange
  en {actor} {had}changed a list in a step towards {target}
     | a change of a list, in a step towards {target}
  ja {actor}は{target}に関わるリストを変更した | {target}に関わるリストの変更
  ru изменение перечня (сторона)
InstrumentChange
  en {actor} {had}taken a step on an agreement or another text with {target}
     | a step on an agreement or another text with {target}
  ja {actor}は{target}に関わる協定などの文書について手続きをとった
     | {target}に関わる協定などの文書についての手続き
  ru действие с соглашением или иным документом (сторона)
MeasureChange
  en {actor} {had}changed a measure laid on {target} | a change of a measure laid on {target}
  ja {actor}は{target}に対する措置を変更した | {target}に対する措置の変更
  ru изменение ограничительной меры (сторона)
OfficeChange
  en {actor} {had}changed who holds an office, in a step towards {target}
     | a change in an office, in a step towards {target}
  ja {actor}は{target}に関わる役職の人事を行った | {target}に関わる役職の人事
  ru кадровое изменение (сторона)
Vote
  en {actor} {had}voted on a matter of {target} | a vote on a matter of {target}
  ja {actor}は{target}に関わる案件の表決を行った | {target}に関わる案件の表決
  ru голосование (сторона)
Meeting
  en {actor} {had}held talks with {target} | talks with {target}
  ja {actor}は{target}と会談した | {target}との会談
  ru встреча или разговор (сторона)
Mediation
  en {actor} {had}mediated, with {target} as a party | mediation with {target} as a party
  ja {actor}は{target}を当事者とする仲介を行った | {target}を当事者とする仲介
  ru посредничество (сторона)
Aid
  en {actor} {had}given aid to {target} | aid to {target}
  ja {actor}は{target}に援助を行った | {target}への援助
  ru оказание помощи (адресат)
Cooperation
  en {actor} {had}cooperated with {target} | cooperation with {target}
  ja {actor}は{target}と協力した | {target}との協力
  ru сотрудничество (сторона)
Concession
  en {actor} {had}made a concession to {target} | a concession to {target}
  ja {actor}は{target}に譲歩した | {target}への譲歩
  ru уступка (адресат)
CoerciveAct
  en {actor} {had}used coercion against {target} | coercion against {target}
  ja {actor}は{target}に対して強制的な手段をとった | {target}に対する強制的な手段
  ru принудительные действия (сторона)
Demonstration
  en {actor} {had}protested in public against {target} | a public protest against {target}
  ja {actor}は{target}に対する抗議活動を行った | {target}に対する抗議活動
  ru публичный протест (сторона)
ViolentAct
  en {actor} {had}used violence against {target} | violence against {target}
  ja {actor}は{target}に対して暴力を用いた | {target}に対する暴力
  ru насильственные действия (сторона)
LegalProceeding
  en {actor} {had}taken legal steps aimed at {target} | legal steps aimed at {target}
  ja {actor}は{target}に向けた法的手続きをとった | {target}に向けた法的手続き
  ru юридические действия (сторона)
"""


@dataclass(frozen=True, slots=True)
class Verb:
    """One kind of act in one language: as a sentence about what was done, and as a noun."""

    done: str
    noun: str


def _read(rows: str) -> Mapping[str, Mapping[str, Verb]]:
    """Read the table: the verbs of each language, by the name of a class."""
    found: dict[str, dict[str, Verb]] = {}
    name = JOINT
    for line in rows.strip().replace("\n     ", " ").splitlines():
        if not line.startswith(" "):
            name = JOINT if line == "(together)" else line
            continue
        language, _, row = line.strip().partition(" ")
        verb = _russian(row) if language == "ru" else Verb(*row.split(" | "))
        found.setdefault(language, {})[name] = verb
    return MappingProxyType(found)


def _russian(row: str) -> Verb:
    """A noun, and beside it the one that it concerns, uninflected."""
    noun, _, side = row.removesuffix(")").partition(" (")
    told = f"{noun}; {{{side}}} {{target}}" if side else noun
    return Verb(f"{{actor}}: {told}", told)


VERBS: Mapping[str, Mapping[str, Verb]] = _read(_ROWS)
"""The verbs of each language, by the name of a class."""

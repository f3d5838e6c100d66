"""Tables in the layouts in which others publish them: rows of our own, some with something wrong in them."""

import csv
import io
import json
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

BASE = "https://example.org/tables/"
GOOD = 50
COW = ["2", "20", "200", "220", "365", "740", "710", "750", "651", "640"]
ABBREVIATIONS = ["USA", "CAN", "UKG", "FRN", "RUS", "JPN", "CHN", "IND", "EGY", "TUR"]
NAMES = ["Japan", "Russia", "France", "Canada", "India", "Egypt", "Turkey", "China", "Norway", "Chile"]
ISO = ["JPN", "RUS", "FRA", "CAN", "IND", "EGY", "TUR", "CHN", "NOR", "CHL"]
GDELT = 61


@dataclass(frozen=True)
class Layout:
    """A table: its text, the name of its file, and the numbers of its rows that are wrong."""

    file: str
    text: str
    wrong: frozenset[int]


def pair(values, number):
    """Two different ones of some values."""
    one = number % len(values)
    return values[one], values[(one + 1 + number // len(values)) % len(values)] if (
        1 + number // len(values)
    ) % len(values) else values[one - 1]


def table(heads, rows, delimiter=",", *, has_head=True):
    """The text of a table."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows([heads, *rows] if has_head else rows)
    return stream.getvalue()


def made(file, heads, good, bad, **options):
    """A table of good rows with bad ones after them."""
    first = len(good) + 1 + options.get("has_head", True)
    return Layout(file, table(heads, [*good, *bad], **options), frozenset(range(first, first + len(bad))))


def day(number):
    return f"20{number % 20:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"


def sheet():
    heads = ["id", "class", "label", "actor", "target", "acting body", "stage", "form", "count", "role", "of"]
    heads += ["date", "wording of the date", "wording", "note", "certainty", "answers", "how it answers"]
    heads += ["source", "publisher of the source"]

    def row(number, **other):
        one, two = pair(NAMES, number)
        cells = dict.fromkeys(heads, "") | {
            "id": f"r{number}",
            "class": "Expulsion",
            "actor": one,
            "target": two,
        }
        cells |= {"stage": "ordered", "count": str(number + 1), "role": "diplomat", "date": day(number)}
        return [(cells | other)[head] for head in heads]

    good = [row(number) for number in range(GOOD - 1)]
    good.append(
        row(
            99, answers="r3", **{"how it answers": "in retaliation for", "actor": "India", "target": "Canada"}
        )
    )
    bad = [
        row(100, actor="Japann"),
        row(101, date="43185"),
        row(102, **{"class": "Expulsionn"}),
        row(103, stage="orderd"),
        row(104, answers="r999", **{"how it answers": "in response to"}),
    ]
    return made("sheet.csv", heads, good, bad)


def icews():
    heads = "Event ID|Event Date|Source Name|Source Sectors|Source Country|Event Text|CAMEO Code|Intensity"
    heads += "|Target Name|Target Sectors|Target Country|Story ID|Sentence Number|Publisher|City|District"
    heads = f"{heads}|Province|Country|Latitude|Longitude".split("|")
    codes = ["042", "42", "010", "172", "138", "190", "043", "0251", "111", "057"]

    def row(number, **other):
        one, two = pair(NAMES, number)
        cells = dict.fromkeys(heads, "") | {"Event ID": str(number), "Event Date": day(number)}
        cells |= {"Source Name": f"Government ({one})", "Source Country": one, "Target Country": two}
        cells |= {"Event Text": "Make a visit", "CAMEO Code": codes[number % len(codes)]}
        cells |= {"Target Name": f"Government ({two})"} | other
        return [cells[head] for head in heads]

    bad = [
        row(100, **{"Source Country": "Ruritania"}),
        row(101, **{"CAMEO Code": "9999"}),
        row(102, **{"Event Date": "13/2/2014"}),
        row(103, **{"Event ID": "7"}),
        row(104, **{"Event ID": ""}),
    ]
    return made("icews.tab", heads, [row(n) for n in range(GOOD)], bad, delimiter="\t")


def polecat():
    heads = "Event ID|Event Date|Event Type|Event Mode|Intensity|Quad Code|Contexts|Actor Name|Actor Country"
    heads += "|Actor COW|Primary Actor Sector|Actor Sectors|Actor Title|Actor Name Raw|Wikipedia Actor ID"
    heads += "|Recipient Name|Recipient Country|Recipient COW|Primary Recipient Sector|Recipient Sectors"
    heads += "|Recipient Title|Recipient Name Raw|Wikipedia Recipient ID|Placename|City|District|Province"
    heads += "|Country|Latitude|Longitude|GeoNames ID|Raw Placename|Feature Type|Source|Publication Date"
    heads = f"{heads}|Story People|Story Organizations|Story Locations|Language|Version".split("|")
    kinds = [
        ("CONSULT", "visit"),
        ("COERCE", "seize"),
        ("ACCUSE", "disapprove"),
        ("THREATEN", "violence"),
        ("AID", ""),
    ]

    def row(number, **other):
        one, two = pair(ABBREVIATIONS, number)
        kind, mode = kinds[number % len(kinds)]
        cells = dict.fromkeys(heads, "") | {"Event ID": f"e{number}", "Event Date": day(number)}
        cells |= {"Event Type": kind, "Event Mode": mode, "Actor COW": one, "Recipient COW": two}
        cells |= {"Actor Name": f"Government of {one}", "Recipient Name": f"Government of {two}"} | other
        return [cells[head] for head in heads]

    bad = [
        row(100, **{"Actor COW": "XYZ"}),
        row(101, **{"Event Type": "CONSULTT"}),
        row(102, **{"Event Date": "Mar-18"}),
        row(103, **{"Recipient COW": "QQ"}),
        row(104, **{"Event Date": "yesterday"}),
    ]
    return made("polecat.txt", heads, [row(n) for n in range(GOOD)], bad, delimiter="\t")


def gdelt():
    codes = ["042", "010", "172", "138", "190", "0251", "111", "057", "1121", "036"]

    def row(number, **other):
        one, two = pair(ISO, number)
        cells = {0: str(number), 1: day(number).replace("-", ""), 7: one, 6: one, 17: two, 16: two}
        cells |= {26: codes[number % len(codes)], 60: f"https://news.example.org/{number}"}
        cells |= {int(name[1:]): value for name, value in other.items()}
        return [cells.get(column, "") for column in range(GDELT)]

    bad = [
        row(100, c7="ZZZ"),
        row(101, c26="99"),
        row(102, c1="20141301"),
        row(103, c60="unspecified"),
        row(104, c1="2014-13-40"),
    ]
    return made("events.export.tsv", [], [row(n) for n in range(GOOD)], bad, delimiter="\t", has_head=False)


def gsdb():
    heads = "case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,financial"
    heads = f"{heads},travel,other,target_mult,sender_mult,objective,success".split(",")

    def row(number, **other):
        one, two = pair(NAMES, number)
        cells = dict.fromkeys(heads, "0") | {
            "case_id": str(number),
            "sanctioned_state": one,
            "sanctioning_state": two,
        }
        cells |= {
            "begin": str(1970 + number % 40),
            "end": str(1980 + number % 40),
            "arms": "1",
            "travel": "1",
        }
        cells |= {
            "descr_trade": "exp_part",
            "objective": "policy_change",
            "success": "nego_settlement",
        } | other
        return [cells[head] for head in heads]

    good = [row(n) for n in range(GOOD - 1)] + [
        row(99, sanctioning_state="France, Canada", sanctioned_state="Chile")
    ]
    bad = [
        row(100, sanctioned_state="Ruritania"),
        row(101, begin="197o"),
        row(102, sanctioning_state="France, Atlantis"),
        row(103, begin="1999", end="1990"),
        row(104, case_id="3"),
    ]
    return made("gsdb.csv", heads, good, bad)


def ties():
    heads = "caseid,startyear,startmonth,startday,endyear,sender1,sender2,sender3,sender4,sender5,institution"
    heads += (
        ",targetstate,targetinstitution,threat,sanctiontypethreat,othersanctiontypethreatened,sanctiontype"
    )
    heads += ",imposition,sancimpositionstartyear,sancimpositionstartmonth,sancimpositionstartday"
    heads = f"{heads},othersanctiontype,finaloutcome".split(",")

    def row(number, **other):
        one, two = pair(COW, number)
        cells = dict.fromkeys(heads, "-9") | {"caseid": str(number), "sender1": one, "targetstate": two}
        begin = {"year": str(1970 + number % 30), "month": str(number % 12 + 1), "day": "-9"}
        cells |= {f"start{part}": text for part, text in begin.items()}
        cells |= {f"sancimpositionstart{part}": text for part, text in begin.items()}
        cells |= {"threat": "1", "imposition": str(number % 2), "endyear": "2001"} | other
        return [cells[head] for head in heads]

    bad = [
        row(100, sender1="9999"),
        row(102, targetstate="1"),
        row(104, startmonth="14"),
        row(106, caseid="6"),
        row(108, caseid="-9"),
    ]
    return made("ties.csv", heads, [row(n) for n in range(GOOD)], bad)


def un_votes():
    heads = [
        "rcid",
        "ccode",
        "vote",
        "session",
        "importantvote",
        "date",
        "unres",
        "amend",
        "para",
        "short",
        "descr",
    ]

    def row(number, **other):
        cells = dict.fromkeys(heads, "0") | {"rcid": str(number // 8), "ccode": COW[number % len(COW)]}
        cells |= {"vote": str([1, 2, 3, 8][number % 4]), "date": day(number), "unres": f"R/1/{number // 8}"}
        cells |= {"descr": "A question that was put to the vote", "short": ""} | other
        return [cells[head] for head in heads]

    bad = [
        row(100, ccode="1"),
        row(201, ccode="abc"),
        row(302, date="26-Mar"),
        row(403, date="5/6/1999"),
        row(0, ccode="2"),
    ]
    return made("votes.csv", heads, [row(n) for n in range(GOOD)], bad)


def cow_exchange():
    heads = ["ccode1", "ccode2", "year", "DR_at_1", "DR_at_2", "DE", "version"]

    def row(number, **other):
        one, two = pair(COW, number)
        cells = {"ccode1": one, "ccode2": two, "year": str(1960 + number), "version": "2006.1", "DE": "1"}
        cells |= {"DR_at_1": str([1, 2, 3, 9][number % 4]), "DR_at_2": "3"} | other
        return [cells[head] for head in heads]

    bad = [
        row(0, ccode1="1"),
        row(1, ccode2="x"),
        row(2, year="19x5"),
        row(3),
        row(4, ccode1="99999"),
    ]
    return made("exchange.csv", heads, [row(n) for n in range(GOOD)], bad)


def mid():
    heads = "dispnum stabb ccode stday stmon styear endday endmon endyear sidea revstate revtype1 revtype2"
    heads = f"{heads} fatality fatalpre hiact hostlev orig version".split()

    def row(number, **other):
        cells = dict.fromkeys(heads, "-9") | {"dispnum": str(number), "ccode": COW[number % len(COW)]}
        cells |= {"styear": str(1960 + number), "endyear": str(1961 + number), "stmon": "3", "endmon": "4"}
        cells |= {"stday": ["-9", "5"][number % 2], "hostlev": str(2 + number % 4)} | other
        return [cells[head] for head in heads]

    bad = [
        row(100, ccode="1"),
        row(101, styear="19o1"),
        row(102, endyear="1900"),
        row(3),
        row(104, ccode="abc"),
    ]
    return made("mid.csv", heads, [row(n) for n in range(GOOD)], bad)


def ofac():
    def row(number, name, kind, program="EXAMPLE", title="-0-"):
        return [str(number), name, kind, program, title, *["-0- "] * 6, "-0-"]

    good = [row(n, f"EXAMPLE BODY {n}", "-0-") for n in range(GOOD // 2)]
    good += [row(n, f"HOLDER OF OFFICE {n}", "individual", title="Minister") for n in range(GOOD // 2, GOOD)]
    bad = [
        row(3, "EXAMPLE BODY AGAIN", "-0-"),
        row(100, "-0-", "-0-"),
        row("-0-", "WITHOUT A NUMBER", "-0-"),
        row(101, "-0-", "individual"),
        row(26, "ANOTHER HOLDER", "individual"),
    ]
    return made("sdn.csv", [], good, bad, has_head=False)


def eu():
    def entity(number, name=None, kind="enterprise", day="2014-03-18", reference=None):
        reference = f"EU.{number}.1" if reference is None else reference
        alias = (
            f"<nameAlias wholeName={quoteattr(name or f'Example body {number}')} function='' strong='true'/>"
        )
        return (
            f"<sanctionEntity euReferenceNumber={quoteattr(reference)} logicalId='{number}'>"
            f"<regulation regulationType='regulation' programme='EXA' numberTitle='2014/{number} (OJ L1)' "
            f"publicationDate='2014-03-17' entryIntoForceDate='{day}'><publicationUrl>https://example.org/{number}"
            f"</publicationUrl></regulation><subjectType code='{kind}'/>{alias if name != '' else ''}"
            f"<birthdate birthdate='1950-01-01'/><address city='Nowhere'/></sanctionEntity>"
        )

    good = [entity(n, kind=["enterprise", "person"][n % 2]) for n in range(GOOD)]
    bad = [
        entity(100, day="18/03/2014"),
        entity(101, reference=""),
        entity(102, name=""),
        entity(103, reference="EU.3.1"),
        entity(104, day="2014-02-30"),
    ]
    body = "".join([*good, *bad])
    text = f'<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2024-01-01">{body}</export>'
    return Layout("eu.xml", text, frozenset(range(GOOD + 1, GOOD + 6)))


def ftm():
    def sanction(number, **other):
        properties = {"entity": [f"ex-{number}"], "authority": ["Example authority"], "program": ["EXA"]}
        properties |= {"country": ["us"], "startDate": [day(number)], "reason": ["Has a public role"]} | other
        return {"id": f"s-{number}", "schema": "Sanction", "properties": properties}

    def subject(number):
        schema = ["Person", "Organization"][number % 2]
        properties = {"name": [f"Example {number}"], "birthDate": ["1950-01-01"], "topics": ["sanction"]}
        return {"id": f"ex-{number}", "schema": schema, "properties": properties}

    good = [one for n in range(GOOD // 2) for one in (sanction(n), subject(n))]
    bad = [
        sanction(100, entity=["nobody"]),
        sanction(101, entity=["ex-1"], country=["zz"]),
        sanction(102, entity=["ex-1"], startDate=["soon"]),
        {"id": "ex-8", "schema": "Person", "properties": {"name": ["Another"]}},
        {"id": "ex-200", "schema": "Person", "properties": {}},
    ]
    text = "".join(f"{json.dumps(one)}\n" for one in [*good, *bad])
    return Layout("entities.ftm.json", text, frozenset(range(GOOD + 1, GOOD + 6)))


LAYOUTS = {
    "sheet": sheet,
    "icews": icews,
    "polecat": polecat,
    "gdelt": gdelt,
    "gsdb": gsdb,
    "ties": ties,
    "eu": eu,
    "ofac": ofac,
    "ftm": ftm,
    "un-votes": un_votes,
    "cow-exchange": cow_exchange,
    "mid": mid,
}
"""The layout that each map that is shipped is for."""

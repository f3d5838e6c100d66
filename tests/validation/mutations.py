"""Ways to break the curated files: each is named, with the shape that objects and the line that it names."""

from dataclasses import dataclass
from typing import Literal

HERE, BLOCK = "here", "block"
MARK = "◂"


@dataclass(frozen=True)
class Mutation:
    """A change to one block of one file: what is replaced by what, and where it has to be found.

    `here` is the line on which the new text ends, or that of the mark in it; `block` that of the subject.
    """

    name: str
    file: str
    subject: str
    old: str
    new: str
    where: Literal["here", "block"]
    shape: str

    def applied(self, text: str) -> str:
        """The file's text with the change made in the subject's block."""
        start = self._start(text)
        end = text.index("\n.\n", start) + 1
        block = text[start:end]
        assert block.count(self.old) == 1, f"{self.name}: {self.old!r} is not once in {self.subject}"
        return text[:start] + block.replace(self.old, self.new.replace(MARK, "")) + text[end:]

    def line(self, text: str) -> int:
        """The line of a changed text that the finding has to name."""
        start = self._start(text)
        if self.where == HERE:
            before, _, after = self.new.rstrip("\n").rpartition(MARK)
            start = text.index(before + after, start) + len(before or after)
        return text.count("\n", 0, start) + 1

    def _start(self, text: str) -> int:
        return text.index(f"\n{self.subject}\n") + 1


MUTATIONS = (
    Mutation(
        "act without evidence",
        "a1",
        "act:japan-bans-russian-imports-2022",
        "    dg:evidence ev:a1-s08 ;\n",
        "",
        BLOCK,
        "Act-evidence",
    ),
    Mutation(
        "claim without evidence",
        "a1",
        "claim:a1-rising-tensions",
        "    dg:evidence ev:a1-2679-2725 ;\n",
        "",
        BLOCK,
        "Claim-evidence",
    ),
    Mutation(
        "measure without evidence",
        "a1",
        "measure:a1-trade-status-withdrawal",
        "    dg:evidence ev:a1-s07-moderate ;\n",
        "",
        BLOCK,
        "RestrictiveMeasure-evidence",
    ),
    Mutation(
        "group without evidence",
        "a1",
        "group:a1-eight-russians",
        "    dg:evidence\n        ev:a1-s28 ,\n        ev:a1-s29 ;\n",
        "",
        BLOCK,
        "Group-evidence",
    ),
    Mutation(
        "tenure without evidence",
        "a1",
        "tenure:hayashi-foreign-minister",
        "    dg:evidence\n        ev:a1-s34 ,\n        ev:a1-s42 ;\n",
        "",
        BLOCK,
        "Tenure-evidence",
    ),
    Mutation(
        "name without evidence",
        "a1",
        "name:a1-four-islands",
        "    dg:evidence ev:a1-s18 ;\n",
        "",
        BLOCK,
        "SourceNameEvidence",
    ),
    Mutation(
        "gap without evidence",
        "a1",
        "gap:a1-author",
        "    dg:evidence ev:a1-whole ;\n",
        "",
        BLOCK,
        "Gap-evidence",
    ),
    Mutation(
        "evidence that is not there",
        "a1",
        "act:russia-stops-territorial-talks-2022",
        "ev:a1-s16",
        "ev:a1-s999",
        HERE,
        "UndefinedName",
    ),
    Mutation(
        "evidence without certainty",
        "a1",
        "ev:a1-s17-moderate",
        "    dg:certainty dgv:moderate ;\n",
        "",
        BLOCK,
        "Evidence-certainty",
    ),
    Mutation(
        "evidence without target",
        "a1",
        "ev:a1-s25",
        "    oa:hasTarget span:a1-s25 ;\n",
        "",
        BLOCK,
        "Evidence-hasTarget",
    ),
    Mutation(
        "certainty of the wrong scheme",
        "a1",
        "ev:a1-s33",
        "dgv:high",
        "dgv:reported",
        HERE,
        "Scheme-certainty",
    ),
    Mutation(
        "span without hash",
        "a1",
        "span:a1-s21",
        '    schema:sha256 "',
        '    schema:name "',
        BLOCK,
        "Span-sha256",
    ),
    Mutation("hash that is none", "a1", "span:a1-s18", '"f301aa', '"g301aa', HERE, "Span-sha256"),
    Mutation(
        "selector that ends before it begins",
        "a1",
        "span:a1-s18-position",
        "oa:start 1703",
        "oa:start 1903",
        HERE,
        "Position-start-order",
    ),
    Mutation(
        "selector that begins before the text",
        "a1",
        "span:a1-s23-position",
        "oa:start ",
        "oa:start -",
        HERE,
        "Position-start",
    ),
    Mutation(
        "selector with text for a number",
        "a1",
        "span:a1-s12-position",
        "oa:end ",
        'oa:end "x" , ',
        HERE,
        "Position-end",
    ),
    Mutation(
        "selector without end", "a1", "span:a1-s32-position", "oa:end ", "oa:start ", BLOCK, "Position-end"
    ),
    Mutation(
        "selector beyond the document",
        "a1",
        "span:a1-s42-position",
        "oa:end ",
        "oa:end 9",
        HERE,
        "Span-hasSelector-end",
    ),
    Mutation("span of an unknown document", "a1", "span:a1-s35", "doc:a1", "doc:a9", HERE, "UndefinedName"),
    Mutation(
        "reversed bounds",
        "a1",
        "time:a1-restoration-of-relations",
        'dg:notBefore "1956-01-01"',
        'dg:notBefore "1957-01-01"',
        HERE,
        "TimeSpan-notBefore-order",
    ),
    Mutation(
        "date with a time of day",
        "a1",
        "time:a1-hayashi-protest",
        'dg:notAfter "2022-04-30"^^xsd:date',
        'dg:notAfter "2022-04-30T00:00:00Z"^^xsd:dateTime',
        HERE,
        "TimeSpan-notAfter",
    ),
    Mutation(
        "date as text",
        "a1",
        "time:a1-hayashi-silence",
        'dg:notAfter "2022-04-30"^^xsd:date',
        'dg:notAfter "2022-04-30"',
        HERE,
        "TimeSpan-notAfter",
    ),
    Mutation(
        "day that does not exist",
        "a1",
        "time:a1-japan-economic-sanctions",
        'dg:notAfter "2022-04-30"',
        'dg:notAfter "2022-04-31"',
        HERE,
        "TimeSpan-notAfter",
    ),
    Mutation(
        "EDTF that is none",
        "a1",
        "time:a1-japan-bans-russian-imports",
        '"[..2022-04-30]"',
        '"sometime"',
        HERE,
        "TimeSpan-edtf",
    ),
    Mutation(
        "EDTF that contradicts the bounds",
        "a1",
        "time:a1-hayashi-tour",
        '"2022-05-01/2022-05-10"',
        '"2023"',
        HERE,
        "TimeSpan-edtf-bounds",
    ),
    Mutation(
        "basis of a date that no scheme knows",
        "a1",
        "time:a1-japan-withdraws-trade-status",
        "dgv:bounded-by-context",
        "dgv:guessed",
        HERE,
        "UndefinedName",
    ),
    Mutation(
        "basis of the wrong scheme",
        "a1",
        "time:a1-russia-lists-unfriendly-states",
        "dgv:bounded-by-context",
        "dgv:reported",
        HERE,
        "Scheme-dateBasis",
    ),
    Mutation(
        "basis of a date missing",
        "a1",
        "time:a1-japan-announces-asset-seizure",
        "    dg:dateBasis dgv:bounded-by-context ;\n",
        "",
        BLOCK,
        "TimeSpan-dateBasis",
    ),
    Mutation(
        "act without a time",
        "a1",
        "act:japan-expels-eight-russians-2022-04",
        "    dg:when time:a1-japan-expels ;\n",
        "",
        BLOCK,
        "Act-when",
    ),
    Mutation(
        "two times for an act",
        "a1",
        "act:russia-expels-eight-japanese-2022-04",
        "    dg:when time:a1-russia-expels ;",
        "    dg:when time:a1-published ,\n        time:a1-russia-expels ;",
        HERE,
        "OneValuePerGraph",
    ),
    Mutation(
        "two realisations of an act",
        "a1",
        "act:russia-expels-eight-japanese-2022-04",
        "    dg:realisation dgv:ordered ;",
        "    dg:realisation\n        dgv:carried-out ,\n        dgv:ordered ;",
        HERE,
        "OneValuePerGraph",
    ),
    Mutation(
        "an act for a time",
        "a1",
        "act:hayashi-calls-expulsion-unacceptable-2022-04",
        "dg:when time:a1-hayashi-statement",
        "dg:when act:russia-expels-eight-japanese-2022-04",
        HERE,
        "Act-when-kind",
    ),
    Mutation(
        "concept that does not exist",
        "a1",
        "act:kishida-visits-southeast-asia-planned",
        "dgv:plover-consult-visit",
        "dgv:plover-visit",
        HERE,
        "UndefinedName",
    ),
    Mutation(
        "realisation of the wrong scheme",
        "a1",
        "act:russia-warns-japan-and-us-2022-04",
        "dgv:carried-out",
        "dgv:high",
        HERE,
        "Scheme-realisation",
    ),
    Mutation(
        "realisation missing",
        "a1",
        "act:russian-military-action-threatened",
        "    dg:realisation dgv:threatened ;\n",
        "",
        BLOCK,
        "Act-realisation",
    ),
    Mutation(
        "property that nobody knows",
        "a1",
        "act:restoration-of-relations-1956",
        "dg:realisation dgv:carried-out",
        "dg:realisation dgv:carried-out ;\n    dg:perpetrator state:japan",
        HERE,
        "UndefinedName",
    ),
    Mutation(
        "class that nobody knows",
        "a1",
        "act:japan-protests-expulsion-2022-04",
        "a dg:Protest",
        "a dg:Protests",
        HERE,
        "UndefinedName",
    ),
    Mutation(
        "text for a target",
        "a1",
        "act:japan-economic-sanctions-2022",
        "dg:target state:russia",
        'dg:target "Russia"@en',
        HERE,
        "Act-target",
    ),
    Mutation(
        "expulsion without target",
        "a2",
        "act:russia-expels-motoki-2022",
        "    dg:target state:japan ;\n",
        "",
        BLOCK,
        "Expulsion-target",
    ),
    Mutation(
        "place as actor",
        "a2",
        "act:japan-protests-detention-2022",
        "dg:actor state:japan",
        "dg:actor place:hokkaido",
        HERE,
        "Act-actor-kind",
    ),
    Mutation(
        "state that does not exist",
        "a2",
        "act:russia-ends-visa-free-agreement-2022",
        "dg:actor state:russia",
        "dg:actor state:atlantis",
        HERE,
        "UndefinedName",
    ),
    Mutation(
        "an expulsion that is a claim",
        "a2",
        "act:japan-expels-sapporo-diplomat-2022-10",
        "a dg:Expulsion",
        "a\n        dg:Claim ,\n        dg:Expulsion",
        BLOCK,
        "DisjointClasses",
    ),
    Mutation(
        "label missing",
        "a2",
        "act:japan-bans-chemical-weapon-materials-export-2022",
        '    rdfs:label "Japan bans exports of materials usable for chemical weapons"@en ;\n',
        "",
        BLOCK,
        "Labelled-label",
    ),
    Mutation(
        "two labels",
        "a2",
        "act:fsb-detains-consul-2022",
        'rdfs:label "The FSB detains a Japanese consul"@en',
        'rdfs:label "A consul is held"@en ,\n        "The FSB detains a Japanese consul"@en',
        HERE,
        "Labelled-label-one",
    ),
    Mutation(
        "label without a language",
        "a2",
        "act:fsb-accuses-consul-2022",
        'accuses the consul"@en',
        'accuses the consul"',
        BLOCK,
        "Labelled-label",
    ),
    Mutation(
        "opinion as act",
        "a1",
        "act:japan-withdraws-trade-status-2022",
        "ev:a1-s07",
        "ev:a1-s14",
        HERE,
        "Act-evidence-opinion",
    ),
    Mutation(
        "owl:sameAs",
        "entities",
        "person:yoshimasa-hayashi",
        "schema:sameAs",
        "owl:sameAs",
        HERE,
        "Linked-sameAs",
    ),
    Mutation(
        "axiom in the data",
        "entities",
        "body:rostec",
        "dg:sector dgv:state-technology",
        "rdfs:subClassOf dg:Organization",
        HERE,
        "NoSchemaInData",
    ),
    Mutation(
        "retaliation for what no claim connects",
        "a1",
        "act:russia-lists-unfriendly-states-2022",
        "act:japan-announces-asset-seizure-2022 ,",
        "act:hayashi-calls-expulsion-unacceptable-2022-04 ,",
        HERE,
        "Response-motivatedBy-claim",
    ),
    Mutation(
        "claim of nobody",
        "a1",
        "claim:a1-road-closing",
        "    dg:claimedBy agent:author-a1 ;\n",
        "",
        BLOCK,
        "Claim-claimedBy",
    ),
    Mutation(
        "claim without content",
        "a1",
        "claim:a1-russia-refuses-discussion",
        '    dg:proposition "',
        '    skos:note "',
        BLOCK,
        "Claim-proposition",
    ),
    Mutation(
        "status of the wrong scheme",
        "a1",
        "claim:a1-only-war-left",
        "dgv:opinion",
        "dgv:planned",
        HERE,
        "Scheme-epistemicStatus",
    ),
    Mutation(
        "wording of six words",
        "a1",
        "claim:a1-japan-takes-hard-line",
        '"hard line"@en',
        '"one two three four five six"@en',
        HERE,
        "Wording-wording",
    ),
    Mutation(
        "discrepancy that prefers a stranger",
        "a1",
        "diff:a1-friendly-or-unfriendly",
        "dg:prefers claim:a1-japan-listed-as-unfriendly",
        "dg:prefers claim:a1-road-closing",
        HERE,
        "Discrepancy-prefers",
    ),
    Mutation(
        "discrepancy with one side",
        "a1",
        "diff:a1-scope-of-low-point",
        "        claim:a1-all-time-low ,\n",
        "",
        BLOCK,
        "Discrepancy-concerns",
    ),
    Mutation(
        "half a person",
        "a1",
        "group:a1-eight-japanese",
        "dg:memberCount 8",
        "dg:memberCount 8.5",
        HERE,
        "Group-memberCount",
    ),
    Mutation(
        "ministry as speaker",
        "a1",
        "act:hayashi-silent-on-compliance-2022-04",
        "person:yoshimasa-hayashi",
        "body:foreign-ministry-of-japan",
        HERE,
        "CommunicativeAct-speaker",
    ),
    Mutation(
        "claim to no territory",
        "a1",
        "claim:a1-islands-russian",
        "    dg:claimedTerritory place:islands-1 ;\n",
        "",
        BLOCK,
        "SovereigntyClaim-claimedTerritory",
    ),
    Mutation(
        "sanction that imposes nothing",
        "a1",
        "act:russia-requires-roubles-2022",
        "    dg:imposes measure:a1-rouble-payment ;\n",
        "",
        BLOCK,
        "Sanction-imposes",
    ),
    Mutation(
        "text for a type of measure",
        "a1",
        "measure:a1-rouble-payment",
        "dg:measureType dgv:payment-currency-requirement",
        'dg:measureType "payment"@en',
        HERE,
        "Scheme-measureType",
    ),
    Mutation(
        "external name that is text",
        "reference",
        "state:japan",
        "<http://www.wikidata.org/entity/Q17>",
        '"Q17"',
        HERE,
        "State-sameAs",
    ),
    Mutation(
        "disputed territory within one side",
        "a2",
        "place:islands-1",
        "dg:hasName\n",
        "dg:within place:japan-land ;◂\n    dg:hasName\n",
        HERE,
        "DisputedTerritory-within",
    ),
    Mutation(
        "tenure of nobody",
        "a2",
        "tenure:shoigu-defence-minister",
        "    dg:holder person:sergei-shoigu ;\n",
        "",
        BLOCK,
        "Tenure-holder",
    ),
    Mutation(
        "list with a person on it",
        "a1",
        "list:unfriendly-states",
        "polity:european-union ,",
        "person:fumio-kishida ,",
        HERE,
        "DesignationList-lists-polity",
    ),
    Mutation(
        "state as visitor",
        "a1",
        "act:hayashi-visits-central-asia-and-mongolia-planned",
        "dg:visitor person:yoshimasa-hayashi",
        "dg:visitor state:japan",
        HERE,
        "Visit-visitor",
    ),
    Mutation(
        "document without hash",
        "meta",
        "doc:a1",
        '    schema:sha256 "',
        '    skos:changeNote "',
        BLOCK,
        "PinnedDocument-sha256",
    ),
    Mutation(
        "length of a document as text",
        "meta",
        "doc:a2",
        "dg:codePointLength ",
        'dg:codePointLength "x" , ',
        HERE,
        "PinnedDocument-codePointLength",
    ),
    Mutation(
        "background that asserts",
        "background",
        "body:babel",
        'rdfs:label "Babel"@en ;\n',
        'rdfs:label "Babel"@en ;\n.\n\nact:fsb-detains-consul-2022\n    dg:target state:china ;\n',
        HERE,
        "BackgroundAssertsNothing",
    ),
)


@dataclass(frozen=True)
class Slip:
    """A change after which a file is no RDF: a text is replaced, and the error is where the mark is."""

    name: str
    old: bytes
    new: bytes

    def applied(self, content: bytes) -> tuple[bytes, int]:
        """The changed file and the line of the error."""
        assert content.count(self.old) == 1, f"{self.name}: {self.old!r} is not there once"
        before, _, after = content.partition(self.old)
        until, _, rest = self.new.partition(b"<!>")
        return before + until + rest + after, (before + until).count(b"\n") + 1


WHEN = b"dg:when time:a1-restoration-of-relations"
NEXT = b" ;\n.\n\nact:russia-demands-roubles-2022\n"
ACTORS = b"    dg:actor\n        state:japan ,\n        state:soviet-union ;\n"
LABEL = b'"Japan and the Soviet Union restore diplomatic relations"@en'
SLIPS = (
    Slip("dot missing", WHEN + NEXT, WHEN + b" ;\n\nact:russia\n<!>"),
    Slip("semicolon missing", LABEL + b" ;\n", LABEL + b"\n<!>"),
    Slip("comma for a semicolon", ACTORS, ACTORS.replace(b" ;", b" ,") + b"<!>"),
    Slip("prefix that is not declared", WHEN, b"<!>date:when time:a1-restoration-of-relations"),
    Slip("quotes that do not close", LABEL, b'<!>"Japan and the Soviet Union'),
    Slip("quotes inside quotes", LABEL, b'<!>"Japan "and" the Soviet Union"@en'),
    Slip("word that has no place", WHEN, b"<!>dg:when about time:a1-restoration-of-relations"),
    Slip("bracket that does not close", ACTORS, ACTORS.replace(b"dg:actor\n", b"dg:actor [\n<!>")),
    Slip("space in an IRI", WHEN, b"<!>dg:when <https://example.org/a time>"),
    Slip("unknown escape", LABEL, b'<!>"Japan \\and the Soviet Union"@en'),
    Slip("Latin-1 in place of UTF-8", LABEL, b'<!>"Japan and the Soviet Union, Vladiv\xf3stok"@en'),
)

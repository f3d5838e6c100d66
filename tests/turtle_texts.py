"""Turtle of every kind, to be drawn by Hypothesis: nested nodes, collections, labels, literals."""

from hypothesis import strategies as st

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
HEAD = f"@prefix : <{E}> .\n"

names = st.sampled_from([":a", ":b.c", f"<{E}é>", "<rel>", "_:x", "_:y.z", ":", ":1\\~2"])
simple = names | st.sampled_from(
    ["1", "-2.50", "3e7", "true", '"t"', "'s'@en-gb", '"""l\n"q"\n"""', f'"1" ^^<{XSD}int>', "[]", "()"]
)
objects = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda found: "( " + " ".join(found) + " )"),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: "[ :p " + " ;\n :q ".join(found) + " ]"),
    ),
    max_leaves=6,
)
sentences = st.tuples(
    names | objects.filter(lambda o: o.startswith(("[ ", "( :", "( _"))),
    st.lists(st.lists(objects, min_size=1, max_size=3), min_size=1, max_size=3),
).map(lambda parts: parts[0] + " :p " + " ; :q ".join(" , ".join(some) for some in parts[1]))


def _text(found: list[str]) -> str:
    return "".join(f"{sentence} .\n" for sentence in found)


bodies = st.lists(sentences, max_size=4).map(_text)
"""What may stand below HEAD; relative IRIs need a base."""
short_bodies = st.lists(sentences, max_size=2, unique=True).map(_text)
"""The same with fewer sentences: matching many equal blank nodes takes rdflib minutes."""

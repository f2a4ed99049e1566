"""JUnit XML: of the common shape, green exactly where the command ends with 0, and legal whatever an app says."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st
from lxml import etree
from tests.report.conftest import HOSTILE, ledger, verdict

from forgesim.claims.kit import Outcome
from forgesim.cli.prove import exit_code
from forgesim.manifest.load import load_trust
from forgesim.report.junit import junit_xml
from forgesim.report.markup import visible
from forgesim.report.proved import Proved, proved_of
from tests.conftest import ROOT

SHAPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="result" mixed="true">
    <xs:attribute name="type"/><xs:attribute name="message"/>
  </xs:complexType>
  <xs:element name="testsuites"><xs:complexType>
    <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="name"/><xs:attribute name="tests" type="xs:int"/>
    <xs:attribute name="failures" type="xs:int"/><xs:attribute name="errors" type="xs:int"/>
  </xs:complexType></xs:element>
  <xs:element name="testsuite"><xs:complexType><xs:sequence>
    <xs:element name="properties" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
        <xs:attribute name="name" use="required"/><xs:attribute name="value" use="required"/>
      </xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:choice minOccurs="0">
        <xs:element name="skipped" type="result"/><xs:element name="error" type="result"/>
        <xs:element name="failure" type="result"/>
      </xs:choice>
      <xs:element name="system-out" type="xs:string" minOccurs="0"/>
    </xs:sequence>
      <xs:attribute name="classname" use="required"/><xs:attribute name="name" use="required"/>
      <xs:attribute name="time" type="xs:decimal"/>
    </xs:complexType></xs:element>
    <xs:element name="system-out" type="xs:string" minOccurs="0"/>
  </xs:sequence>
    <xs:attribute name="name" use="required"/><xs:attribute name="tests" type="xs:int" use="required"/>
    <xs:attribute name="failures" type="xs:int" use="required"/>
    <xs:attribute name="errors" type="xs:int" use="required"/>
    <xs:attribute name="skipped" type="xs:int"/><xs:attribute name="time" type="xs:decimal"/>
    <xs:attribute name="timestamp" type="xs:dateTime"/>
  </xs:complexType></xs:element>
</xs:schema>
"""
"""What the readers of CI servers have in common, in our words."""


def read(proofs: list[Proved]) -> Any:
    root = etree.fromstring(junit_xml(proofs))
    etree.XMLSchema(etree.fromstring(SHAPE)).assertValid(root)
    return root


def test_a_hostile_app_makes_a_valid_file(hostile: Proved) -> None:
    root = read([hostile, hostile])
    first = root[0]
    assert first.get("name") == visible(HOSTILE)
    cases = first.findall("testcase")
    kinds = [next((part.tag for part in case if part.tag != "system-out"), None) for case in cases]
    assert kinds[:6] == ["failure", "failure", "error", "skipped", None, "skipped"]
    assert [case[0].get("type") for case in cases[:3]] == ["BROKEN", "UNPROVEN", "ERROR"]
    assert f"#1  {visible(HOSTILE)}" in cases[0][0].text
    assert cases[5][0].get("message") == "trust.yml does not make this claim: BROKEN"
    assert (root.get("failures"), root.get("errors")) == ("4", "2")


@given(st.lists(st.tuples(st.sampled_from(list(Outcome)), st.booleans()), max_size=6))
def test_it_is_green_exactly_where_the_command_ends_with_0(found: list[tuple[Outcome, bool]]) -> None:
    verdicts = tuple(verdict(f"claim{n}", outcome, claimed=said) for n, (outcome, said) in enumerate(found))
    root = read([proved_of(ledger(), verdicts, load_trust(ROOT / "apps" / "pulse" / "trust.yml"))])
    assert (root.get("failures") == root.get("errors") == "0") is (exit_code(verdicts) == 0)
    assert int(root.get("tests")) == len(verdicts)

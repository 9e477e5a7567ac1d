# SPDX-License-Identifier: MIT
"""No case of the xunit tests may be lost or turn green on its way into the summary."""
import xml.etree.ElementTree as xml

from trx import junit_of

EMPTY = '<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010" />'
RESULTS = EMPTY.replace(" />", ">") + """<Results>
<UnitTestResult testName="ZeroBuffer.Tests.A.Good" outcome="Passed" />
<UnitTestResult testName="ZeroBuffer.Tests.B.Bad" outcome="Failed">
 <Output><ErrorInfo><Message>no</Message><StackTrace>there</StackTrace></ErrorInfo></Output></UnitTestResult>
<UnitTestResult testName="ZeroBuffer.Tests.C.Left" outcome="NotExecuted">
 <Output><ErrorInfo><Message>no room</Message></ErrorInfo></Output></UnitTestResult>
<UnitTestResult testName="ZeroBuffer.Tests.D.Odd" outcome="Aborted" />
</Results></TestRun>"""


def test_each_outcome_is_kept():
    cases = list(junit_of(xml.fromstring(RESULTS)))
    assert [case.get("name") for case in cases] == ["A.Good", "B.Bad", "C.Left", "D.Odd"]
    kinds = [[(element.tag, element.get("message")) for element in case] for case in cases]
    assert kinds == [[], [("failure", "no")], [("skipped", "no room")], [("failure", "Aborted")]]


def test_no_result_is_no_case():
    assert len(junit_of(xml.fromstring(EMPTY))) == 0

# SPDX-License-Identifier: MIT
"""From the results file of `dotnet test` to the one of pytest, case by case."""
import xml.etree.ElementTree as xml

_SPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


def junit_of(trx):
    """What is neither passed nor skipped has failed."""
    suite = xml.Element("testsuite", name="csharp")
    for result in sorted(trx.iter(f"{_SPACE}UnitTestResult"), key=lambda result: result.get("testName")):
        name = result.get("testName").removeprefix("ZeroBuffer.Tests.")
        case = xml.SubElement(suite, "testcase", classname="csharp", name=name)
        message = _text(result, "Message")
        if result.get("outcome") == "NotExecuted":
            xml.SubElement(case, "skipped", message=message)
        elif result.get("outcome") != "Passed":
            failure = xml.SubElement(case, "failure", message=message or result.get("outcome", "no outcome"))
            failure.text = _text(result, "StackTrace")
    return suite


def _text(result, name):
    return (next((element.text for element in result.iter(f"{_SPACE}{name}")), "") or "").strip()

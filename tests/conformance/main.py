#!/usr/bin/env python3
"""Usage: tests/conformance/main.py DUNLIN MODULE [UNITTEST OPTION]...

Runs the tests of one module of this folder against the program DUNLIN. With GTEST_OUTPUT=xml:DIRECTORY/ in its
environment (tools/test sets it) it leaves a report there, in GoogleTest's form as far as tools/test reads it, so that
each test counts.
"""

import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml

import server


def report(name, result):
    where = os.environ.get("GTEST_OUTPUT", "")
    if not where.startswith("xml:") or not where.endswith("/"):
        return
    failed = len(result.failures) + len(result.errors)
    counts = {"tests": result.testsRun, "failures": failed, "disabled": len(result.skipped)}
    root = xml.Element("testsuites", {key: str(value) for key, value in counts.items()})
    path = pathlib.Path(where[len("xml:") :]) / f"conformance_{name}_test.xml"
    path.write_bytes(xml.tostring(root))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    server.program = os.path.abspath(sys.argv[1])
    name = sys.argv[2]
    tests = unittest.main(f"{name}_test", argv=[name, *sys.argv[3:]], verbosity=2, exit=False)
    report(name, tests.result)
    sys.exit(0 if tests.result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()

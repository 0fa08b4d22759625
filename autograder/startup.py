"""Imported before everything else: what makes commands and workers start faster."""

import sys


def import_jsonschema() -> None:
    """Import jsonschema without its optional grammar of internationalised addresses.

    nbformat imports it to validate notebooks, which have no such addresses; compiling the grammar takes 0.8 s.
    """
    if "jsonschema" in sys.modules or "rfc3987_syntax" in sys.modules:
        return
    sys.modules["rfc3987_syntax"] = None  # makes its import fail, which jsonschema expects
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]


import_jsonschema()

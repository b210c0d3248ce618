"""The elements and attributes of OpenDocument that are read, as an XML parser names them.

Source: OpenDocument 1.3, part 3.
"""

from typing import Final

_ODF: Final = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE: Final = f"{_ODF}table:1.0 "
OFFICE: Final = f"{_ODF}office:1.0 "
TEXT: Final = f"{_ODF}text:1.0 "
STYLE: Final = f"{_ODF}style:1.0 "
NUMBER: Final = f"{_ODF}datastyle:1.0 "
DRAWING: Final = f"{_ODF}drawing:1.0 "
MANIFEST: Final = f"{_ODF}manifest:1.0 "
CREATOR: Final = "http://purl.org/dc/elements/1.1/ creator"
ERROR_TYPE: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"

"""What schemathesis cannot know from docs/openapi.yaml: texts whose bytes are counted, and files that are pictures. It
loads this itself, in its own Python (api_test.py)."""

import schemathesis
from hypothesis import strategies

import pictures

# At most 4 bytes each: 16 of them fit wherever a name does.
letters = strategies.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="\u00ad")
inner = strategies.characters(codec="utf-8", categories=("L", "N", "P", "S"), include_characters=" ")


def around(text):
    """Text that begins and ends with something that shows."""
    return strategies.builds("{}{}{}".format, letters, strategies.text(text, max_size=12), letters)


schemathesis.openapi.format("shown-line", around(inner))
schemathesis.openapi.format("line", strategies.text(inner, max_size=8))
schemathesis.openapi.format("lines", strategies.text(inner | strategies.just("\n"), max_size=100))
schemathesis.openapi.media_type("image/png", strategies.integers(0, 0xFFFFFF).map(pictures.png))

"""All fixtures, in the order in which they are made."""

from published import normalization

CATALOG = [*normalization.FIXTURES]

"""All fixtures, in the order in which they are made."""

from published import entropy, normalization, sharpness

CATALOG = [*normalization.FIXTURES, *entropy.FIXTURES, *sharpness.FIXTURES]

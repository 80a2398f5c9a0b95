"""All fixtures, in the order in which they are made."""

from published import (
    confidence, corrections, ensembling, entropy, normalization, outputs, sharpness, source_hypothesis, streams,
    teachers)

CATALOG = [
    *normalization.FIXTURES, *entropy.FIXTURES, *sharpness.FIXTURES, *teachers.FIXTURES, *outputs.FIXTURES,
    *ensembling.FIXTURES, *confidence.FIXTURES, *corrections.FIXTURES, *streams.FIXTURES,
    *source_hypothesis.FIXTURES]

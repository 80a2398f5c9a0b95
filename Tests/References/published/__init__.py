"""Fixtures from the published code of methods of adaptation at inference; see make_published_adaptation_fixtures.py."""

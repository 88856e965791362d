"""OpenCapex: who spends how much on AI infrastructure, who promised what, and how do we know.

The knowledge sits in datapackage/ (figures and schemas) and in build/models and build/checks (SQL);
this package carries rows through them: schemas -> shape -> build -> rules -> publish -> pages.
"""

from opencapex.client import connect, explain, read

__all__ = ["connect", "explain", "read"]

"""Whether the order that a policy makes is the order in time, shown by an example.

A pattern is taken apart (`pattern`), its parts are understood as hashes, times, numbers and words (`roles`),
pairs of tags are made up of which one is older (`pairs`), and the policy is asked which of the two it selects
(`verdict`). Only what the evaluator confirms is said.
"""

from fluxmark.rules.ordering.verdict import Verdict, judge

__all__ = ["Verdict", "judge"]

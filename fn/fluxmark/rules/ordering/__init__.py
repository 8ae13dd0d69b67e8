"""Whether the order that a policy makes is the order in time, shown by an example.

`pattern` takes a pattern apart, `fields` finds times, numbers, versions and hashes in it, `builds` makes up pairs
of tags of which one is older, `evaluator` compares them as Flux does, and `verdict` concludes. Only what the
evaluator confirms is reported.
"""

from fluxmark.rules.ordering.verdict import Judgement, Verdict, judge

__all__ = ["Judgement", "Verdict", "judge"]

#!/usr/bin/env python3
"""Put a team's label on every workload, and say which were without one.

Configured by a ConfigMap: `kpt fn eval . --exec set_team.py -- team=shop`.
"""

import sys

from krmfn.function import FunctionError
from krmfn.resource_list import ResourceList
from krmfn.result import Field, Result, Severity
from krmfn.run import run

LABEL = ("metadata", "labels", "acme.example/team")


def set_team(resources: ResourceList) -> None:
    """Label the workloads. Raises FunctionError without a team."""
    team = resources.config.get("data", {}).get("team")
    if not team:
        raise FunctionError("functionConfig: data.team is missing; give it with `-- team=NAME`")
    for item in resources.where(lambda item: item.group == "apps"):
        before = item.get(LABEL)
        if before == team:
            continue
        item.set(LABEL, team)
        resources.results.append(
            Result(
                f"{item.path}: labelled {team}, was {before or 'without'}",
                Severity.INFO,
                item.ref,
                Field("metadata.labels", before, team),
                item.file,
            )
        )


if __name__ == "__main__":
    sys.exit(run(set_team))

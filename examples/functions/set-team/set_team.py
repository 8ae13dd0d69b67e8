#!/usr/bin/env python3
"""Put a team's label on every workload, and say which had another one, or none.

Configured by `team`, and by `kinds` where not all are meant: `kpt fn eval . --exec ./set_team.py -- team=shop`.
"""

import sys
from dataclasses import dataclass

from krmfn import ResourceList, Result, config, main, selectors

LABEL = ("metadata", "labels", "acme.example/team")


@dataclass(frozen=True)
class SetTeam:
    team: str
    kinds: tuple[str, ...] = ("Deployment", "StatefulSet", "DaemonSet")


def set_team(resources: ResourceList) -> None:
    """Label the workloads. Raises FunctionError for an invalid configuration."""
    wanted = config.load(SetTeam, resources)
    for item in resources.where(selectors.group("apps") & selectors.kind(*wanted.kinds)):
        before = item.get_string(LABEL)
        if before != wanted.team:
            message = f"{item.path}: labelled {wanted.team}, was {before or 'without'}"
            resources.results.append(Result.info(message, item, path=LABEL, proposed=wanted.team))
            item.set(LABEL, wanted.team)


if __name__ == "__main__":
    sys.exit(main(set_team))

# ruff: noqa: INP001  (no package: the function and its test are two files)
from io import StringIO

from set_team import run, set_team

LIST = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: "web"}} # the shop
functionConfig: {apiVersion: v1, kind: ConfigMap, data: {team: shop}}
"""


def test_a_workload_is_labelled_and_nothing_else_changes() -> None:
    assert run(set_team, stdin=StringIO(LIST), stdout=(printed := StringIO())) == 0
    after = LIST.replace('"web"', '"web", labels: {acme.example/team: shop}')
    assert printed.getvalue().startswith(after)

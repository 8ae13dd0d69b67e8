# ruff: noqa: INP001  (no package: the function and its test are two files)
from set_team import set_team

from krmfn.functions.testing import run_text

LIST = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: "web"}} # the shop
functionConfig: {apiVersion: v1, kind: ConfigMap, data: {team: shop}}
"""


def test_a_workload_is_labelled_and_nothing_else_changes() -> None:
    done = run_text(set_team, LIST)
    after = LIST.replace('"web"', '"web", labels: {acme.example/team: shop}')
    assert done.status == 0
    assert done.text.startswith(after)

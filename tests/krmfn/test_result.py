"""Results read in kpt's terminal as the Go SDK's do."""

from __future__ import annotations

from krmfn.resources.result import Field, File, ResourceRef, Result, Severity


def test_a_result_reads_as_kpt_prints_it() -> None:
    ref = ResourceRef("apps/v1", "Deployment", "web", "prod")
    result = Result("boo", Severity.WARNING, ref, Field("spec.replicas"))
    assert str(result) == "[warning] apps/v1/Deployment/prod/web spec.replicas: boo"


def test_severity_is_always_said() -> None:
    assert Result("boo", Severity.INFO).to_dict() == {"message": "boo", "severity": "info"}


def test_every_part_has_the_name_of_the_specification() -> None:
    ref = ResourceRef("v1", "Pod", "p")
    result = Result("m", Severity.ERROR, ref, Field("a.b", 1, 2), File("x.yaml", 3), {"rule": "r"})
    assert result.to_dict() == {
        "message": "m",
        "severity": "error",
        "resourceRef": {"apiVersion": "v1", "kind": "Pod", "name": "p"},
        "field": {"path": "a.b", "currentValue": 1, "proposedValue": 2},
        "file": {"path": "x.yaml", "index": 3},
        "tags": {"rule": "r"},
    }

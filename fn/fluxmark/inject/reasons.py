"""Why a field is not marked, by rule; docs/inject.md has the same list."""

from __future__ import annotations

from typing import Final

MARKED: Final = "marked"
RIGHT: Final = "right"
"""A field whose marker is right already: counted, not reported."""

LIST: Final = "list-file"

NOT_MARKED: Final = {
    LIST: "not marked: Flux skips a file with a document that is a list; write a strategic merge patch instead of "
    "a JSON patch",
    "where": "not marked: the `where` of its image excludes this document",
    "overridden": "not marked: the kustomization that builds this sets the image, and its entry is marked",
    "several-policies": "not marked: {policies} select from this repository; set `where` for each",
    "policy-namespace": "not marked: the namespace of {policy} is not known here, and a marker must name it; set "
    "metadata.namespace in the ImagePolicy",
    "outside-update-path": "not marked: Flux would never see the marker, because the automation updates {path} "
    "and nothing else; move the file, or widen update.path",
    "other-policy": "not marked: its marker names {other}, not {policy}; remove it, or set `force: true`",
    "other-tool": "not marked: {tool} reads the comment on this line, and Flux would compete with it; let one of "
    "them update the field, and remove the comment of the other",
    "no-tag": "not marked: no tag is next to this name, so Flux has nowhere to write one; add the tag, or name "
    "the field in `fields`",
    "block-scalar": "not marked: Flux would rewrite the whole block; write the image on the key's line",
    "flow-collection": "not marked: Flux ignores a marker after `{{…}}` or `[…]`; write one key per line",
    "several-lines": "not marked: the value spans several lines; write it on one",
    "value-below-key": "not marked: Flux ignores a marker there; write the value on its key's line",
    "unusual-line-break": "not marked: only some readers know the break that ends this line; use a line feed",
    "not-text": "not marked: YAML reads this unquoted value as something other than text, and Flux would write a "
    "broken one; quote it",
    "not-a-tag": "not marked: this holds something other than a tag",
    "digest-without-reflection": "not marked: Flux would drop the digest; set the policy's "
    "digestReflectionPolicy, or remove it here",
    "digest-beside-tag": "not marked: the digest next to this tag decides what runs, so a new tag would change "
    "nothing; set the policy's digestReflectionPolicy, so that Flux updates the digest as well, or remove the "
    "digest",
    "digest-within-tag": "not marked: Flux would write the tag alone and drop the digest after it; write the "
    "digest in a field of its own, or remove it",
    "no-room": "not marked: another value follows on its line; put each value on its own line",
    "templated-image": "not marked: Flux would overwrite {piece}; write the image in full, or mark the field "
    "where {piece} is set",
    "template": "not marked: {{{{ … }}}} outside quotes makes this a template, and Flux would rewrite it to "
    "something else; quote the template, or exclude the file from update.path",
    "sops-mac": "not marked: SOPS signs this file, so every update would break its MAC, and Flux could not "
    "decrypt it; set mac_only_encrypted, or move the image to a file that is not encrypted",
    "kind-list": "not marked: Flux would write the changed items of this List to new files and leave the old ones "
    "here; write each item as a document of its own",
}

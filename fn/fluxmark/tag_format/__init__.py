"""Tag formats: how a build writes its tags, from which follows what an ImagePolicy has to say.

`main-<sha:7>-<unix>` gives `filterTags` and `policy` for which the newest tag wins. A format is refused where no
such policy can be written. `docs/tag-formats.md` is the user's page.
"""

from fluxmark.tag_format.format import TagFormat, expand, parse
from fluxmark.tag_format.part import PLACEHOLDERS, TagFormatError

__all__ = ["PLACEHOLDERS", "TagFormat", "TagFormatError", "expand", "parse"]

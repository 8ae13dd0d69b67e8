"""sprig 3.3's hermetic functions, as Flux offers them to commit messages.

Each module lists its functions in `FUNCTIONS`; `MODULES` says which are where, so that a template loads only what
it uses. Source: github.com/Masterminds/sprig v3.3.0, HermeticTxtFuncMap, https://masterminds.github.io/sprig/
"""

# ruff: noqa: SIM905 - a table of names reads better without 190 pairs of quotes

MODULES: dict[str, tuple[str, ...]] = {
    "crypto": tuple("adler32sum sha1sum sha256sum sha512sum".split()),
    "defaults": tuple(
        """
        all any coalesce deepEqual default empty fail hello kindIs kindOf ternary typeIs typeIsLike typeOf
        """.split()
    ),
    "dicts": tuple(
        """
        deepCopy dict dig get hasKey keys merge mergeOverwrite mustDeepCopy mustMerge mustMergeOverwrite omit pick
        pluck set unset values
        """.split()
    ),
    "encoding": tuple("b32dec b32enc b64dec b64enc".split()),
    "json": tuple(
        """
        fromJson mustFromJson mustToJson mustToPrettyJson mustToRawJson toJson toPrettyJson toRawJson
        """.split()
    ),
    "lists": tuple(
        """
        append chunk compact concat first has initial last list mustAppend mustChunk mustCompact mustFirst mustHas
        mustInitial mustLast mustPrepend mustPush mustRest mustReverse mustSlice mustUniq mustWithout prepend push
        rest reverse slice tuple uniq without
        """.split()
    ),
    "maths": tuple(
        """
        add add1 add1f addf atoi biggest ceil div divf float64 floor int int64 max maxf min minf mod mul mulf round
        seq sub subf toDecimal until untilStep
        """.split()
    ),
    "paths": tuple("base clean dir ext isAbs osBase osClean osDir osExt osIsAbs".split()),
    "regex": tuple(
        """
        mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit
        regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit
        """.split()
    ),
    "strings": tuple(
        """
        cat contains hasPrefix hasSuffix indent join nindent plural quote repeat replace sortAlpha split splitList
        splitn squote substr toString toStrings trim trimAll trimPrefix trimSuffix trimall trunc
        """.split()
    ),
    "times": tuple("duration durationRound".split()),
    "versions": tuple("semver semverCompare".split()),
    "words": tuple(
        """
        abbrev abbrevboth camelcase initials kebabcase lower nospace snakecase swapcase title untitle upper wrap
        wrapWith
        """.split()
    ),
}
UNSUPPORTED: tuple[str, ...] = tuple(
    """
    ago bcrypt buildCustomCert decryptAES derivePassword encryptAES genCA genCAWithKey genPrivateKey
    genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey htpasswd mustDateModify
    mustToDate must_date_modify randInt shuffle toDate unixEpoch urlJoin urlParse
    """.split()
)
MODULE_OF: dict[str, str] = {
    **{name: module for module, names in MODULES.items() for name in names},
    **dict.fromkeys(UNSUPPORTED, "unsupported"),
}

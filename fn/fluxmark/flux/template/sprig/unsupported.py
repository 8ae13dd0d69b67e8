"""The functions of Flux that fluxmark does not offer: calling one is an error that says so.

What depends on chance or on the clock has no right answer; of cryptography, dates and URLs a commit message needs
little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from fluxmark.flux.template.errors import Unsupported
from fluxmark.flux.template.types import ANY, DICT, INT, LIST, STRING, Function, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Callable

_TIME = Type("time.Time", Kind.STRUCT)
_CERTIFICATE = Type("sprig.certificate", Kind.STRUCT)
_UINT32 = Type("uint32", Kind.UINT64)
_RANDOM = "its result is random"
_CLOCK = "its result depends on the clock"
_CRYPTOGRAPHY = "fluxmark brings no such cryptography"
_DATES = "fluxmark brings no dates"
_URLS = "Python reads URLs in other ways than Go"


def _refuse(reason: str) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise Unsupported(reason)

    return refuse


def _function(name: str, reason: str, params: tuple[Type, ...], result: Type = STRING) -> Function:
    return Function(name, params, result, _refuse(reason))


_SIGNED = (STRING, LIST, LIST, INT)

FUNCTIONS: tuple[Function, ...] = (
    _function("ago", _CLOCK, (ANY,)),
    _function("bcrypt", _RANDOM, (STRING,)),
    _function("buildCustomCert", _CRYPTOGRAPHY, (STRING, STRING), _CERTIFICATE),
    _function("decryptAES", _CRYPTOGRAPHY, (STRING, STRING)),
    _function("derivePassword", _CRYPTOGRAPHY, (_UINT32, STRING, STRING, STRING, STRING)),
    _function("encryptAES", _RANDOM, (STRING, STRING)),
    _function("genCA", _RANDOM, (STRING, INT), _CERTIFICATE),
    _function("genCAWithKey", _RANDOM, (STRING, INT, STRING), _CERTIFICATE),
    _function("genPrivateKey", _RANDOM, (STRING,)),
    _function("genSelfSignedCert", _RANDOM, _SIGNED, _CERTIFICATE),
    _function("genSelfSignedCertWithKey", _RANDOM, (*_SIGNED, STRING), _CERTIFICATE),
    _function("genSignedCert", _RANDOM, (*_SIGNED, _CERTIFICATE), _CERTIFICATE),
    _function("genSignedCertWithKey", _RANDOM, (*_SIGNED, _CERTIFICATE, STRING), _CERTIFICATE),
    _function("htpasswd", _RANDOM, (STRING, STRING)),
    _function("mustDateModify", _DATES, (STRING, _TIME), _TIME),
    _function("mustToDate", _DATES, (STRING, STRING), _TIME),
    _function("must_date_modify", _DATES, (STRING, _TIME), _TIME),
    _function("randInt", _RANDOM, (INT, INT), INT),
    _function("shuffle", _RANDOM, (STRING,)),
    _function("toDate", _DATES, (STRING, STRING), _TIME),
    _function("unixEpoch", _DATES, (_TIME,)),
    _function("urlJoin", _URLS, (DICT,)),
    _function("urlParse", _URLS, (STRING,), DICT),
)

"""The border to Twilio and its harmless twin: what leaves the house, in our words; the only importer of twilio."""

import logging
import math
import re
import secrets
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from campaigns import sms_text
from campaigns.models import MessageState
from campaigns.telephony_codes import BUSY, PAUSING
from organizer import phones
from organizer.configuration import Configuration

API = "https://api.twilio.com"
_THIS_MACHINE = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?/?", re.ASCII)
TIMEOUT = 15
"""Seconds; the library's own default is to wait for ever."""
STATES = {
    **dict.fromkeys(("queued", "accepted", "scheduled", "sending"), MessageState.ACCEPTED),
    "sent": MessageState.SENT,
    **dict.fromkeys(("delivered", "read", "partially_delivered"), MessageState.DELIVERED),
    "undelivered": MessageState.UNDELIVERED,
    **dict.fromkeys(("failed", "canceled"), MessageState.FAILED),
}
"""Twilio's words for the state of a message and ours."""
logging.getLogger("twilio").setLevel(logging.WARNING)  # at INFO it writes telephone numbers


class Fate(StrEnum):
    """What we know of a message that was not accepted: it never left, it was refused, or nobody can tell."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class NotAccepted(Exception):  # noqa: N818  it is an answer, not an error
    """The provider did not take the message: its fate, the provider's code, and how many seconds to wait if it said."""

    def __init__(self, fate: Fate, code: int | None = None, wait: int | None = None) -> None:
        """Nothing about the receiver is kept, so that it can be logged."""
        super().__init__(f"{fate} {code or ''}".strip())
        self.fate, self.code, self.wait = fate, code, wait

    @property
    def pauses(self) -> bool:
        """Whether the account is what is wrong, so that the next message would fare no better."""
        return self.code in PAUSING


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of one message it has taken."""

    sid: str
    state: MessageState
    parts: int | None = None
    code: int | None = None
    body: str = ""
    made_at: datetime | None = None


class Gateway(Protocol):
    """The few things we ask of a provider."""

    name: str
    reaches: bool
    """Whether a delivery counts: somebody got it, or a demo pretends so."""

    def send_sms(self, e164: str, body: str, news_to: str, valid: int, sender: str = "") -> Receipt:
        """Hand one message over; `valid` = seconds after which it is useless; `sender` = a name instead of our number.

        Raises NotAccepted.
        """

    def fetch(self, sid: str) -> Receipt:
        """What has become of a message. Raises NotAccepted."""

    def find(self, e164: str, since: datetime) -> list[Receipt]:
        """Everything sent to a number since a moment, newest first. Raises NotAccepted."""

    def balance(self) -> tuple[int, str] | None:
        """What is left on the account: hundredths and the currency; None where there is none. Raises NotAccepted."""

    def genuine(self, address: str, form: Any, signature: str) -> bool:
        """Whether news that came to `address` is really from the provider."""


def gateway(configuration: Configuration, kind: str | None) -> Gateway:
    """Twilio for a real installation with an account; Rehearsal for everything else, and whenever in doubt.

    `kind` is what the database says of itself (demo, synthetic, real or nothing; D25).
    """
    if kind == "real" and not configuration.demo and configured(configuration):
        return Twilio(configuration)
    return Rehearsal(only_fiction=configuration.demo or kind != "real")


def configured(configuration: Configuration) -> bool:
    """Whether the settings name an account, a key to it and a sender."""
    key = configuration.twilio_auth_token or configuration.twilio_api_key_secret
    sender = configuration.twilio_sender or configuration.twilio_messaging_service_sid
    return bool(configuration.twilio_account_sid and key and sender)


def misconfigured(configuration: Configuration) -> str | None:
    """What is wrong with the Twilio settings, as a sentence for the operator; None when nothing is."""
    if not configuration.twilio_account_sid:
        return None
    if not configured(configuration):
        return "Twilio: set TWILIO_AUTH_TOKEN and TWILIO_SENDER (or TWILIO_MESSAGING_SERVICE_SID) too."
    if not configuration.twilio_auth_token:
        return "Twilio: TWILIO_AUTH_TOKEN is needed to know Twilio's own calls, also when an API key is used."
    if not _loopback(configuration.twilio_api_base_url):
        return "TWILIO_API_BASE_URL may only lead to this machine (127.0.0.1); leave it empty to reach Twilio."
    if not configuration.twilio_api_base_url and not configuration.public_base_url.startswith("https://"):
        return "Twilio: PUBLIC_BASE_URL must be the https:// address that Twilio can reach."
    return None


class Twilio:
    """The real thing: a synchronous client, safe to share between threads."""

    name = "twilio"
    reaches = True

    def __init__(self, configuration: Configuration) -> None:
        """Prepare the client; nothing is contacted."""
        if wrong := misconfigured(configuration):
            raise ValueError(wrong)
        self._validator = RequestValidator(configuration.twilio_auth_token)
        self._client = Client(
            configuration.twilio_api_key_sid or configuration.twilio_account_sid,
            configuration.twilio_api_key_secret or configuration.twilio_auth_token,
            configuration.twilio_account_sid,
            http_client=_Wire(configuration.twilio_api_base_url),
        )
        self._account, self._messages = configuration.twilio_account_sid, self._client.messages
        service = configuration.twilio_messaging_service_sid
        self._sender = {"messaging_service_sid": service} if service else {"from_": configuration.twilio_sender}

    def send_sms(self, e164: str, body: str, news_to: str, valid: int, sender: str = "") -> Receipt:
        """Hand one message over. Raises NotAccepted."""
        return self._ask(
            lambda: _receipt(
                self._messages.create(
                    to=e164,
                    body=body,
                    status_callback=f"{news_to}#rc=3&rp=all",
                    validity_period=min(max(valid, 1), 36000),
                    **({"from_": sender} if sender else self._sender),
                )
            )
        )

    def fetch(self, sid: str) -> Receipt:
        """What has become of a message. Raises NotAccepted."""
        return self._ask(lambda: _receipt(self._messages(sid).fetch()))

    def find(self, e164: str, since: datetime) -> list[Receipt]:
        """Everything sent to a number since a moment; filtered here because a queued message has no date sent."""

        def look() -> list[Receipt]:
            found = []
            for message in self._messages.stream(to=e164, page_size=50, limit=500):
                receipt = _receipt(message)
                if receipt.made_at and receipt.made_at < since:
                    break
                found.append(receipt)
            return found

        return self._ask(look)

    def genuine(self, address: str, form: Any, signature: str) -> bool:
        """Whether the signature is Twilio's for exactly this address and form."""
        return signature.isascii() and bool(self._validator.validate(address, form, signature))

    def balance(self) -> tuple[int, str] | None:
        """What is left on the account: hundredths and the currency. Raises NotAccepted."""
        return self._ask(lambda: _money(self._client.api.v2010.accounts(self._account).balance.fetch()))

    def account(self) -> tuple[str, bool]:
        """The account's status in Twilio's word (active, suspended, closed) and whether it is a trial. Raises NotAccepted."""
        found = self._ask(lambda: self._client.api.v2010.accounts(self._account).fetch())
        return str(found.status), str(found.type).casefold() == "trial"

    def own_number(self, e164: str) -> tuple[bool, str] | None:
        """Whether a number of ours carries SMS, and where its replies are sent; None if it is not ours. Raises NotAccepted."""
        rows = self._ask(lambda: list(self._client.incoming_phone_numbers.stream(phone_number=e164, limit=1)))
        return (bool((rows[0].capabilities or {}).get("sms")), rows[0].sms_url or "") if rows else None

    def signed(self, address: str, form: dict[str, str]) -> str:
        """The signature Twilio would put on a call to `address`, to try our own door with."""
        return str(self._validator.compute_signature(address, form))

    def _ask(self, question: Any) -> Any:
        """Turn everything that can go wrong on the way into one answer (twilio.md B5)."""
        try:
            return question()
        except TwilioRestException as error:
            raise _refusal(error.status, error.code) from None
        except TwilioServiceException as error:
            raise _refusal(getattr(error, "status", 500), getattr(error, "code", None)) from None
        except requests.ConnectionError as error:
            raise NotAccepted(Fate.NOT_SENT if _never_left(error) else Fate.UNKNOWN) from None
        except (requests.RequestException, TwilioException, ValueError, TypeError, KeyError):
            raise NotAccepted(Fate.UNKNOWN) from None


class Rehearsal:
    """Does everything and sends nothing: the default until an account is configured, and the only one in a demo.

    Numbers ending in 98 play back a failed delivery, all others a successful one.
    """

    name = "rehearsal"

    def __init__(self, *, only_fiction: bool = True) -> None:
        """`only_fiction`: take nothing but numbers reserved for fiction, as in a demo."""
        self._only_fiction = self.reaches = only_fiction

    def send_sms(self, e164: str, body: str, news_to: str, valid: int, sender: str = "") -> Receipt:  # noqa: ARG002
        """Take the message and keep nothing of it but what the answer needs."""
        if self._only_fiction and not phones.fictional(e164):
            raise NotAccepted(Fate.REFUSED)
        return Receipt(f"RH{e164[-2:]}{secrets.token_hex(15)}", MessageState.ACCEPTED, sms_text.parts(body))

    def fetch(self, sid: str) -> Receipt:
        """Play the delivery back."""
        if sid.startswith("RH98"):
            return Receipt(sid, MessageState.UNDELIVERED, code=30003)
        return Receipt(sid, MessageState.DELIVERED)

    def find(self, e164: str, since: datetime) -> list[Receipt]:  # noqa: ARG002
        """Nothing was ever sent."""
        return []

    def balance(self) -> tuple[int, str] | None:
        """Nothing is paid for."""
        return None

    def genuine(self, address: str, form: Any, signature: str) -> bool:  # noqa: ARG002
        """Nobody calls us about what was never sent."""
        return False


class _Wire(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client with a timeout, without retries, and with one way to reach a stand-in on this machine."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=TIMEOUT)
        self._base = base.rstrip("/")
        self.session.trust_env = not self._base
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=0, pool_maxsize=16))

    def request(self, method: str, url: str, *values: Any, **named: Any) -> Response:
        """Send one request; a 429 says how long to wait, which the library would lose."""
        if not url.startswith(f"{API}/"):
            raise ValueError("unexpected address")
        answer = super().request(method, self._base + url.removeprefix(API) if self._base else url, *values, **named)
        if answer.status_code == 429:
            wait = str((answer.headers or {}).get("Retry-After", ""))
            raise NotAccepted(Fate.NOT_SENT, 20429, int(wait) if wait.isdecimal() else None)
        return answer


def told(form: Any) -> Receipt | None:
    """What a status call of Twilio's says, in our words; None when it says nothing we know."""
    state, sid, code = STATES.get(form.get("MessageStatus", "")), form.get("MessageSid", ""), form.get("ErrorCode", "")
    if state is None or not sid.isascii() or not sid.isalnum() or len(sid) > 40:
        return None
    return Receipt(sid, state, code=int(code) if code.isascii() and code.isdecimal() and len(code) < 9 else None)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An SMS somebody has sent us, as the provider tells it; `opt_out` = STOP, START or nothing."""

    sender: str
    to: str
    body: str
    sid: str
    opt_out: str


def written(form: Any) -> Incoming | None:
    """The incoming message a signed call is about; None when it is not one."""
    sender, sid = form.get("From", "").strip(), form.get("MessageSid", "")
    if not sender or not sid.isascii() or not sid.isalnum() or len(sid) > 40:
        return None
    opt_out = form.get("OptOutType", "").upper()
    return Incoming(sender[:20], form.get("To", "")[:20], form.get("Body", ""), sid, opt_out)


def _receipt(message: Any) -> Receipt:
    """A message of Twilio's in our words; one without an id was perhaps accepted, perhaps not."""
    if not message.sid:
        raise NotAccepted(Fate.UNKNOWN)
    made_at = message.date_created
    return Receipt(
        sid=str(message.sid),
        state=STATES.get(str(message.status), MessageState.ACCEPTED),
        parts=int(message.num_segments or 0) or None,
        code=int(message.error_code) if message.error_code else None,
        body=message.body or "",
        made_at=made_at.astimezone(UTC) if made_at else None,
    )


def _money(found: Any) -> tuple[int, str]:
    """A balance of Twilio's, such as "12.3456" in "USD"; below the hundredth is left out."""
    amount, currency = float(found.balance), str(found.currency or "")
    if not (math.isfinite(amount) and abs(amount) < 10**7 and len(currency) == 3 and currency.isascii()):
        raise ValueError
    return math.floor(amount * 100), currency


def _refusal(status: int, code: int | None) -> NotAccepted:
    if code in BUSY:
        return NotAccepted(Fate.NOT_SENT, code, wait=300)
    if 400 <= status < 500:
        return NotAccepted(Fate.REFUSED, code)
    return NotAccepted(Fate.UNKNOWN, code)


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether the connection failed before anything was written: refused, no such name, no trust, no route.

    What else goes wrong with the encryption may do so while the answer is read: then nobody knows.
    """
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    if isinstance(reason, urllib3.exceptions.SSLError):
        return any(isinstance(one, ssl.SSLCertVerificationError) for one in reason.args)
    return isinstance(cause, urllib3.exceptions.MaxRetryError) and isinstance(
        reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
    )


def _loopback(address: str) -> bool:
    """Written out in full and nothing else, so that no two readers of addresses can take it for different places."""
    return not address or bool(_THIS_MACHINE.fullmatch(address))

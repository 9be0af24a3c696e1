"""A stand-in for Twilio on this machine: remembers what it accepted, answers well or badly, calls back as told.

The last two digits of the receiver decide how it behaves; see BEHAVIOUR. Nothing here is mocked: it speaks HTTP.
"""

import base64
import hashlib
import hmac
import json
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask

SID, TOKEN = "AC" + "a" * 32, "a token for tests only"
BEHAVIOUR = {
    "10": "refuse 21610", "11": "refuse 21614", "12": "busy once", "13": "500 after accepting", "14": "500",
    "15": "reset after accepting", "16": "201 without a sid", "17": "no account", "18": "garbage after accepting",
    "19": "news before the answer", "20": "undelivered 30003", "21": "undelivered 21610",
    "22": "refuse 21408", "23": "refuse 30002", "24": "refuse 21211", "25": "refuse 63038",
}  # fmt: skip


class FakeTwilio:
    """Use as a context manager; `base` is what TWILIO_API_BASE_URL should be."""

    def __init__(self, news: Callable[[str, dict[str, str], str], None] | None = None) -> None:
        """`news` gets (address, form, signature) for each status call; by default they are only kept."""
        self.accepted: list[dict[str, str]] = []
        self.calls: list[tuple[str, dict[str, str], str]] = []
        self.numbers: dict[str, str] = {}
        """Numbers on the account, and where their replies are sent."""
        self.status = "active"
        self.balance = "48.1250"
        self.retry_after = "7"
        self.to_everybody = ""
        """A behaviour that holds for every number."""
        self.on_accept: Callable[[dict[str, str]], None] = lambda _message: None
        self.on_news = news or (lambda address, form, signature: self.calls.append((address, form, signature)))
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {key: value[0] for key, value in parse_qs(self.rfile.read(length).decode()).items()}
                fake._post(self, form)

            def do_GET(self) -> None:
                fake._get(self)

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        """Answer again, at the same address, after `__exit__`."""
        self._server = ThreadingHTTPServer(self._server.server_address, self._server.RequestHandlerClass)
        self._server.daemon_threads = True
        self.__enter__()

    @property
    def per_receiver(self) -> Counter[str]:
        """How many messages each number has been sent: the proof of "no duplicates, none lost"."""
        return Counter(message["to"] for message in self.accepted)

    def tell(self, message: dict[str, str], status: str, **more: str) -> tuple[str, dict[str, str], str]:
        """A signed status call about a message, as Twilio would make it."""
        form = {
            "MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": status, "To": message["to"],
            "AccountSid": SID, "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip
        address = message["callback"].partition("#")[0]
        return address, form, signature(address, form)

    def _accept(self, form: dict[str, str]) -> dict[str, str]:
        message = {
            "sid": "SM" + secrets.token_hex(16), "to": form["To"], "body": form["Body"], "status": "queued",
            "callback": form.get("StatusCallback", ""), "validity": form.get("ValidityPeriod", ""),
            "date_created": format_datetime(datetime.now(UTC)), "from": form.get("From", ""),
        }  # fmt: skip
        with self._lock:
            self.accepted.append(message)
        self.on_accept(message)
        return message

    def _post(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        behaviour = self.to_everybody or BEHAVIOUR.get(form["To"][-2:], "")
        if handler.headers["Authorization"] != "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode():
            behaviour = "no account"
        if behaviour.startswith("refuse"):
            return _answer(handler, 400, {"code": int(behaviour.split()[1]), "message": "no", "status": 400})
        if behaviour == "no account":
            return _answer(handler, 401, {"code": 20003, "message": "no", "status": 401})
        if behaviour == "busy once":
            with self._lock:
                self._busy[form["To"]] += 1
                first = self._busy[form["To"]] == 1
            if first:
                return _answer(handler, 429, {"code": 20429, "status": 429}, {"Retry-After": self.retry_after})
        if behaviour == "500":
            return _answer(handler, 500, {"code": 20500, "message": "sorry", "status": 500})
        message = self._accept(form)
        if behaviour == "500 after accepting":
            return _answer(handler, 500, {"code": 20500, "message": "sorry", "status": 500})
        if behaviour == "reset after accepting":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            handler.close_connection = True
            return handler.connection.close()
        if behaviour == "201 without a sid":
            return _answer(handler, 201, {})
        if behaviour == "garbage after accepting":
            return _answer(handler, 201, None)
        if behaviour == "news before the answer":
            self.on_news(*self.tell(message, "delivered"))
        return _answer(handler, 201, _resource(message))

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        asked = parse_qs(address.query)
        name = address.path.rpartition("/")[2].removesuffix(".json")
        if name in {SID, "IncomingPhoneNumbers", "Balance"}:
            return self._about_the_account(handler, name, asked)
        if name != "Messages":
            found = [message for message in self.accepted if message["sid"] == name]
            return _answer(handler, 200 if found else 404, _resource(found[0]) if found else {"code": 20404})
        to, page = asked.get("To", [""])[0], int(asked.get("Page", ["0"])[0])
        size = 2  # small, so that paging is really used
        found = [message for message in reversed(self.accepted) if message["to"] == to]
        following = f"{address.path}?{urlencode({'To': to, 'Page': page + 1})}"
        return _answer(handler, 200, {
            "messages": [_resource(one) for one in found[page * size : (page + 1) * size]], "page": page,
            "page_size": size, "next_page_uri": following if len(found) > (page + 1) * size else None,
        })  # fmt: skip

    def _about_the_account(self, handler: BaseHTTPRequestHandler, name: str, asked: dict[str, list[str]]) -> None:
        if handler.headers["Authorization"] != "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode():
            return _answer(handler, 401, {"code": 20003, "message": "no", "status": 401})
        if name == SID:
            return _answer(handler, 200, {"sid": SID, "status": self.status, "type": "Full"})
        if name == "Balance":
            return _answer(handler, 200, {"account_sid": SID, "balance": self.balance, "currency": "USD"})
        number = asked.get("PhoneNumber", [""])[0]
        rows = [
            {
                "sid": "PN" + "a" * 32,
                "phone_number": number,
                "sms_url": self.numbers.get(number),
                "capabilities": {"sms": True},
            }
        ]
        found = rows if number in self.numbers else []
        return _answer(
            handler, 200, {"incoming_phone_numbers": found, "page": 0, "page_size": 50, "next_page_uri": None}
        )


def signature(address: str, form: dict[str, str], token: str = TOKEN) -> str:
    """X-Twilio-Signature by its definition, independently of Twilio's own library."""
    text = address + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def deliver(app: Flask, call: tuple[str, dict[str, str], str]) -> int:
    """Bring a signed call to the application; the status it answers with."""
    address, form, signed = call
    path = address.removeprefix(app.extensions["configuration"].public_base_url)
    return app.test_client().post(path, data=form, headers={"X-Twilio-Signature": signed}).status_code


def segments(text: str) -> int:
    """How many parts a text takes, counted unit by unit, independently of the product's own count."""
    cheap = all(one in "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
                "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€" for one in text)  # fmt: skip
    units = [2 if one in "^{}\\[~]|€" else 1 for one in text] if cheap else [
        len(one.encode("utf-16-le")) // 2 for one in text
    ]  # fmt: skip
    alone, each = (160, 153) if cheap else (70, 67)
    if sum(units) <= alone:
        return 1
    count, room = 1, each
    for unit in units:
        count, room = (count + 1, each) if unit > room else (count, room)
        room -= unit
    return count


def _resource(message: dict[str, str]) -> dict[str, object]:
    code = message.get("error_code")
    return {
        "sid": message["sid"], "account_sid": SID, "to": message["to"], "from": message["from"],
        "body": message["body"], "status": message["status"], "num_segments": str(segments(message["body"])), "num_media": "0",
        "direction": "outbound-api", "date_created": message["date_created"], "date_updated": message["date_created"],
        "date_sent": None, "error_code": int(code) if code else None, "error_message": None, "price": None,
        "price_unit": "SEK", "messaging_service_sid": None, "api_version": "2010-04-01", "uri": "", "subresource_uris": {},
    }  # fmt: skip


def _answer(handler: BaseHTTPRequestHandler, status: int, body: object, headers: dict[str, str] | None = None) -> None:
    text = b"<html>not json" if body is None else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(text)

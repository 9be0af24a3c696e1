"""What the environment decides about one installation: read once in app.py, passed on as values."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of architecture.md "Fixed names"; `app.configuration_from` is the only reader of the environment."""

    secret_key: str
    database_url: str
    instance: Path
    demo: bool
    public_base_url: str
    site_name: str = "Rundan"
    worker_url: str = ""
    testing: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 2
    """Web processes on PostgreSQL; SQLite always has one (D26)."""
    web_threads: int = 8
    behind_proxy: bool = False
    """Whether exactly one proxy of ours stands in front and tells who is calling and over what."""
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: str = ""
    twilio_sender: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_base_url: str = ""

    @property
    def sqlite(self) -> bool:
        """Whether the embedded database is used (one web process, D26)."""
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure when people reach us over https."""
        return self.public_base_url.startswith("https://")

    @property
    def has_provider(self) -> bool:
        """Whether messages can leave the house; without an account everything is rehearsed."""
        return bool(self.twilio_account_sid) and not self.demo

"""One table from the provider's codes to what they mean to us, in words (twilio.md B3)."""

from organizer.words import N_

OPTED_OUT = 21610
"""The receiver has told Twilio to stop: it becomes a refusal of ours too."""
PAUSING = {20003, 20005, 20008, 21401, 21408, 21606, 21608, 21609, 21659, 21703, 30002, 63017, 63038, 90010}
"""The account or its settings are wrong: every message would fare the same, so the queue waits."""
MEANINGS = {
    20003: N_("Inloggningen till sms-leverantören godtas inte. Kontrollera inställningarna."),
    20005: N_("Kontot hos sms-leverantören är inte aktivt."),
    20008: N_("Kontot hos sms-leverantören är ett provkonto."),
    20404: N_("Sms-leverantören känner inte till sms:et."),
    20429: N_("Sms-leverantören bad oss vänta."),
    20500: N_("Fel hos sms-leverantören."),
    21211: N_("Numret finns inte."),
    21217: N_("Numret finns inte."),
    21401: N_("Avsändaren är inte giltig. Kontrollera inställningarna."),
    21408: N_("Kontot får inte skicka till det landet."),
    21606: N_("Avsändaren är inte giltig. Kontrollera inställningarna."),
    21608: N_("Kontot hos sms-leverantören är ett provkonto."),
    21609: N_("Leverantören når inte adressen för besked. Kontrollera PUBLIC_BASE_URL."),
    21610: N_("Personen har sagt nej till sms hos leverantören."),
    21611: N_("Avsändarens kö hos leverantören är full."),
    21612: N_("Numret går inte att nå från vår avsändare."),
    21614: N_("Numret är inte en mobil."),
    21617: N_("Texten är för lång."),
    21635: N_("Numret är inte en mobil."),
    21659: N_("Avsändaren är inte giltig. Kontrollera inställningarna."),
    21703: N_("Avsändaren är inte giltig. Kontrollera inställningarna."),
    30001: N_("Avsändarens kö hos leverantören är full."),
    30002: N_("Kontot hos sms-leverantören är avstängt."),
    30003: N_("Telefonen var avstängd eller utan täckning."),
    30004: N_("Operatören stoppade sms:et."),
    30005: N_("Numret finns inte."),
    30006: N_("Numret går inte att nå med sms."),
    30007: N_("Operatören stoppade sms:et som oönskat."),
    30008: N_("Operatören lämnade inte fram sms:et och sa inte varför."),
    30036: N_("Sms:et hann bli för gammalt."),
    30410: N_("Operatören svarade inte i tid."),
    30500: N_("Fel hos sms-leverantören."),
    **dict.fromkeys(
        (35114, 35115, 35117, 35118, 35125), N_("Sms-leverantören godtog inte tiden eller inställningarna för sms:et.")
    ),
    63017: N_("Kontot skickar fler sms i sekunden än leverantören tillåter."),
    90010: N_("Kontot hos sms-leverantören är avstängt."),
    63038: N_("Kontots dagsgräns hos leverantören är nådd."),
}
TEMPORARY = {20429, 21611, 30001, 30003, 30008, 30036, 30410, 30500}
"""The phone or the network, not the number: the next message may arrive."""
DEAD = {21211, 21217, 21614, 21635, 30005, 30006}
"""The number does not exist or takes no SMS: it is marked, and somebody is asked to mend it."""
FILTERED = {30007}
REJECTED = {30004, 30007}
"""Stopped on the way by the operator."""
REASONS = {21408: "geo", 30002: "balance", 20005: "balance", 90010: "balance", 63017: "limit", 63038: "limit"}
"""Why a blast pauses at a code of PAUSING; the others say that something is wrong with the account or the sender."""
BUSY = {21611, 30001}
"""Not refused for good: there was no room in the sender's queue."""

WAITING = BUSY | {20429}
"""The provider answers, and asks us to wait."""


def meaning(code: int | None) -> str:
    """What a code means, as a Swedish sentence to translate; empty for no code, a general one for an unknown."""
    if code is None:
        return ""
    return MEANINGS.get(code, N_("Sms-leverantören tog inte emot sms:et."))

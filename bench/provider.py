"""A provider that only takes messages, in a process of its own: as fast as it can, or after so many milliseconds."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator

ANSWER: dict[str, object] = {
    "account_sid": "AC" + "a" * 32, "status": "queued", "num_segments": "1", "num_media": "0", "error_code": None,
    "direction": "outbound-api", "date_created": "Thu, 19 Nov 2026 17:00:00 +0000", "date_updated": None,
    "date_sent": None, "error_message": None, "price": None, "price_unit": "SEK", "messaging_service_sid": None,
    "api_version": "2010-04-01", "uri": "", "subresource_uris": {}, "to": "", "from": "", "body": "",
}  # fmt: skip


@contextlib.contextmanager
def provider(answers_after: int) -> Iterator[str]:
    """The address of one that answers after so many milliseconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.provider", str(answers_after)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


async def _serve(answers_after: float) -> None:
    taken = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
                )
                await reader.readexactly(length)
                taken += 1
                body = json.dumps({**ANSWER, "sid": f"SM{taken:032x}"}).encode()
                if answers_after:
                    await asyncio.sleep(answers_after)
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]) / 1000))

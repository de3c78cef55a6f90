"""A peer made of aioice; see ForeignPeer for what is said on stdin and stdout."""

import asyncio
import sys

import aioice


def tell(*words):
    print(*words, flush=True)


async def lines():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().strip()


def make(options):
    relay = options.get("turn")
    return aioice.Connection(
        ice_controlling=options["role"] == "controlling",
        stun_server=server(options["stun"]) if "stun" in options else None,
        turn_server=server(relay) if relay else None,
        turn_username=options.get("user"),
        turn_password=options.get("password"),
        use_ipv6=False,
        transport_policy=(
            aioice.ice.TransportPolicy.RELAY
            if options.get("only") == "relay"
            else aioice.ice.TransportPolicy.ALL
        ),
    )


def server(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def talk(connection):
    try:
        await connection.connect()
        tell("connected")
        while True:
            tell("heard", (await connection.recv()).decode())
    except ConnectionError as e:
        tell("failed", e)


async def main():
    connection = make(dict(word.split("=", 1) for word in sys.argv[1:]))
    await connection.gather_candidates()
    tell("credentials", connection.local_username, connection.local_password)
    for candidate in connection.local_candidates:
        tell("candidate:" + candidate.to_sdp())
    tell("gathered")
    talking = None
    async for line in lines():
        word, _, rest = line.partition(" ")
        if word == "credentials":
            connection.remote_username, connection.remote_password = rest.split()
            talking = asyncio.ensure_future(talk(connection))
        elif word.startswith("candidate:"):
            await connection.add_remote_candidate(
                aioice.Candidate.from_sdp(line[len("candidate:") :])
            )
        elif word == "say":
            await connection.send(rest.encode())
    if talking:
        talking.cancel()
    await connection.close()


asyncio.run(main())

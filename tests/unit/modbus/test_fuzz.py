"""Random bytes and mutated frames over real sockets, from a fixed seed: no crash, none stuck, no write."""

from __future__ import annotations

import asyncio
import random
import struct
from contextlib import suppress

from plc import PATIENCE, SCAN, STRANGER, Client, frame, played, read, write_many, write_one

from simulator.modbus.connection import Limits

SEEDS = [
    frame(read(4, 0, 7)), frame(read(3, 0, 6)), frame(read(1, 0, 3)), frame(read(2, 0, 1)),
    frame(write_one(5, 0, 0xFF00)), frame(write_one(6, 3, 9)), frame(write_many(0, 1, 2, 3, 4)),
    frame(b"\x0f\x00\x00\x00\x03\x01\x07"), frame(struct.pack(">BHHHHBH", 23, 0, 1, 0, 1, 2, 9)),
    frame(b"\x2b\x0e\x01\x00"), frame(b"\x16\x00\x00\xff\xff\x00\x00"), frame(b"\x08\x00\x00\x12\x34"),
]  # fmt: skip
ROUNDS, STREAMS = 40, 8


def mutated(draw: random.Random) -> bytes:
    """Good frames, of which some bytes are changed, lost, doubled or made up."""
    data = bytearray(b"".join(draw.choices(SEEDS, k=draw.randint(1, 12))))
    for _ in range(draw.randint(0, 6)):
        at = draw.randrange(len(data))
        match draw.randrange(5):
            case 0:
                data[at] = draw.randrange(256)
            case 1:
                data[at] ^= 1 << draw.randrange(8)
            case 2:
                del data[at : at + draw.randint(1, 4)]
            case 3:
                data[at:at] = draw.randbytes(draw.randint(1, 8))
            case _:
                data[at:at] = data[at : at + draw.randint(1, 20)]
        if not data:
            break
    return bytes(data)


def stream(draw: random.Random) -> bytes:
    return draw.randbytes(draw.randint(1, 600)) if draw.random() < 0.25 else mutated(draw)


async def attack(client: Client, draw: random.Random) -> int:
    """Send a stream in pieces, end it, and read to the end; how many bytes were answered."""
    data, answered = stream(draw), 0
    with suppress(ConnectionError):
        while data:
            size = draw.randint(1, 200)
            await client.send(data[:size])
            data = data[size:]
            if draw.random() < 0.2:
                await asyncio.sleep(0)
        if draw.random() < 0.5:
            client.writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            while chunk := await client.reader.read(4096):
                answered += len(chunk)
    await client.close()
    return answered


def test_no_stream_crashes_the_server_sticks_to_it_or_writes_what_it_may_not():
    draw = random.Random(20260801)

    async def story(server, client):
        loop, failures = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda _, context: failures.append(context))
        answered = 0
        for _ in range(ROUNDS):
            clients = [await client(STRANGER) for _ in range(STREAMS)]
            for got in await asyncio.gather(*(attack(one, draw) for one in clients)):
                answered += got
        one = await client()
        assert await one.ask(read(4, 4, 3)) == struct.pack(">BB3H", 4, 6, *SCAN)
        assert failures == []
        assert answered > 10_000, "the fuzzer hardly reached the server"
        assert server.refusals.frames > 50 and server.refusals.writes > 100
        assert server.image.writes == 0 and server.image.orders == 0
        assert await one.words(3, 0, 4) == [0, 0, 0, 0]
        async with asyncio.timeout(PATIENCE):
            while len(server.connections) > 1:
                await asyncio.sleep(0.01)

    played(story, limits=Limits(idle=0.2, frame=0.2, answer=1.0))


def test_the_ai_s_streams_write_its_mailbox_and_nothing_else():
    draw = random.Random(7)

    async def story(server, client):
        for _ in range(ROUNDS):
            await attack(await client(), draw)
        one = await client()
        assert server.image.writes > 0, "the fuzzer never wrote"
        assert server.image.orders == 0 and not server.pressed().any()
        assert await one.words(4, 4, 3) == SCAN

    played(story, limits=Limits(idle=0.05, frame=0.05, answer=1.0))

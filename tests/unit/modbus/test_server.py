"""The server on a real socket: frames however they are cut, slow and many clients, held-back reads."""

from __future__ import annotations

import asyncio
import struct

import pytest
from plc import AI, OPERATOR, SCAN, STRANGER, Client, frame, played, read, serving, write_many, write_one

from simulator.modbus.access import Conduit, Role, Unknown
from simulator.modbus.connection import Limits

ASKED = read(4, 4, 3)
TOLD = struct.pack(">BB3H", 4, 6, *SCAN)
QUICK = Limits(idle=0.2, frame=0.2, answer=0.2)


def test_sixteen_requests_in_one_segment_have_sixteen_answers_in_order():
    async def story(server, client):
        one = await client()
        await one.send(b"".join(frame(ASKED, k) for k in range(16)))
        assert [await one.answer() for _ in range(16)] == [(k, 1, TOLD) for k in range(16)]

    played(story)


def test_a_wrong_request_among_right_ones_disturbs_neither():
    async def story(server, client):
        one = await client()
        await one.send(frame(ASKED, 1) + frame(b"\x63", 2) + frame(b"\x04\x00", 3) + frame(ASKED, 4))
        told = [await one.answer() for _ in range(4)]
        assert told == [(1, 1, TOLD), (2, 1, b"\xe3\x01"), (3, 1, b"\x84\x03"), (4, 1, TOLD)]

    played(story)


def test_a_frame_may_come_byte_by_byte():
    async def story(server, client):
        one = await client()
        for byte in frame(ASKED, 9):
            await one.send(bytes([byte]))
            await asyncio.sleep(0.002)
        assert await one.answer() == (9, 1, TOLD)

    played(story)


@pytest.mark.parametrize(
    "bad",
    [frame(ASKED, protocol=1), frame(ASKED, length=0), frame(ASKED, length=1), frame(ASKED, length=255),
     frame(ASKED, length=65535), b"GET / HTTP/1.1\r\n\r\n"],
    ids=["protocol", "length 0", "length 1", "length 255", "length 65535", "another protocol"],
)  # fmt: skip
def test_what_is_no_modbus_ends_the_connection_after_what_came_before_it_was_answered(bad):
    async def story(server, client):
        one = await client()
        await one.send(frame(ASKED, 3) + bad)
        assert await one.answer() == (3, 1, TOLD)
        assert await one.ended()
        assert server.refusals.frames == 1
        assert await (await client()).ask(ASKED) == TOLD

    played(story)


@pytest.mark.parametrize("sent", [b"", frame(ASKED)[:5]], ids=["silent", "half a frame"])
def test_who_does_not_go_on_is_disconnected(sent):
    async def story(server, client):
        one = await client()
        await one.send(sent)
        assert await one.ended()
        await asyncio.sleep(0)
        assert not server.connections

    played(story, limits=QUICK)


def test_a_frame_that_drips_is_given_up_although_something_always_comes():
    async def story(server, client):
        one, ended = await client(), asyncio.get_running_loop().time() + 5
        try:
            for byte in frame(ASKED) * 20:
                await one.send(bytes([byte]))
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        assert await one.ended()
        assert asyncio.get_running_loop().time() < ended

    played(story, limits=Limits(idle=30, frame=0.2, answer=0.2))


def test_who_asks_and_never_listens_is_disconnected():
    async def story(server, client):
        one = await client()
        asked = b"".join(frame(read(4, 0, 7)) for _ in range(500))
        with pytest.raises((ConnectionError, TimeoutError)):
            async with asyncio.timeout(5):
                while True:
                    await one.send(asked)
                    await asyncio.sleep(0)
        async with asyncio.timeout(5):
            while server.connections:
                await asyncio.sleep(0.01)

    played(story, limits=QUICK)


def test_a_flood_is_capped_and_the_ai_still_has_its_place():
    async def story(server, client):
        flood = [await client(STRANGER) for _ in range(20)]
        served = [await one.ask(ASKED) for one in flood[:6]]
        assert served == [TOLD] * 6
        assert all([await one.ended() for one in flood[6:]])
        ai = await client()
        assert await ai.ask(write_many(0, 1, 2, 3, 4)) == b"\x10\x00\x00\x00\x04"
        assert server.refusals.connections == 14

    played(story, limits=Limits(connections=12, kept=2))


def test_a_dead_peer_does_not_lock_the_ai_out():
    async def story(server, client):
        first, second = await client(), await client()
        await first.ask(ASKED)
        await second.ask(ASKED)
        third = await client()
        assert await third.ask(ASKED) == TOLD
        assert await first.ended()
        assert await second.ask(ASKED) == TOLD

    played(story, limits=Limits(connections=12, kept=2))


def test_refused_writes_are_recorded_with_who_what_and_when_and_shown_in_registers():
    async def story(server, client):
        stranger = await client(STRANGER)
        assert await stranger.ask(write_many(0, 1, 2, 3, 4)) == b"\x90\x01"
        assert await stranger.ask(write_one(6, 4000, 1)) == b"\x86\x02"
        assert await stranger.ask(write_one(5, 0, 0x1234)) == b"\x85\x03"
        told = [(r.role, r.function, r.address, r.count, r.code, r.scan) for r in server.refused]
        assert told == [
            (Role.NONE, 16, 0, 4, 1, 1),
            (Role.NONE, 6, 4000, 1, 2, 1),
            (Role.NONE, 5, 0, 1, 3, 1),
        ]
        assert {r.source.partition(":")[0] for r in server.refused} == {STRANGER}
        door = server.registers["door"]
        words = await stranger.words(4, door.base + 4, len(door.body))
        shown = dict(zip((one.name for one in door.body), words, strict=True))
        assert shown["refused_writes"] == 3 and shown["refused_alarm"] == 1
        assert (shown["last_role"], shown["last_function"], shown["last_address"]) == (3, 5, 0)

    played(story)


def test_a_write_too_short_to_say_where_is_recorded_too():
    async def story(server, client):
        assert await (await client()).ask(b"\x10") == b"\x90\x03"
        assert (server.refused[0].function, server.refused[0].address) == (16, 0)

    played(story)


def test_a_conduit_that_refuses_strangers_closes_at_once():
    async def story(server, client):
        assert await (await client(STRANGER)).ended()
        assert await (await client()).ask(ASKED) == TOLD
        assert server.refusals.connections == 1

    played(story, unknown=Unknown.REFUSED)


def test_the_role_follows_from_conduit_and_source_together():
    """The operator's address on the AI's conduit is a stranger, and the other way round."""

    async def run():
        async with serving() as (server, client):
            desk = await server.listen(Conduit(Role.OPERATOR, (OPERATOR,)))
            right, wrong = await Client.open(desk, OPERATOR), await Client.open(desk, AI)
            assert await right.ask(write_one(5, 2, 0xFF00)) == b"\x05\x00\x02\xff\x00"
            assert await wrong.ask(write_one(5, 0, 0xFF00)) == b"\x85\x01"
            assert await right.ask(write_many(0, 1, 2, 3, 4)) == b"\x90\x01"
            assert await (await client(OPERATOR)).ask(write_one(5, 0, 0xFF00)) == b"\x85\x01"
            assert server.pressed().tolist() == [False, False, True]
            for one in (right, wrong):
                await one.close()

    asyncio.run(run())


def test_in_lock_step_a_read_waits_for_the_next_scan_and_none_is_read_twice():
    async def story(server, client):
        one = await client()
        await one.send(frame(ASKED, 1) + frame(ASKED, 2))
        await asyncio.sleep(0.02)
        assert not one.reader._buffer
        server.publish([1, 10, 20])
        assert (await one.answer())[2] == struct.pack(">BB3H", 4, 6, 1, 10, 20)
        await asyncio.sleep(0.02)
        assert not one.reader._buffer
        server.publish([2, 11, 21])
        assert (await one.answer())[2] == struct.pack(">BB3H", 4, 6, 2, 11, 21)

    played(story, scan=None, hold_back=True)


def test_a_read_that_was_held_back_for_long_is_no_silence_of_the_client():
    async def story(server, client):
        one = await client()
        for cycle in (1, 2):
            await one.send(frame(ASKED, cycle))
            await asyncio.sleep(2 * QUICK.idle)
            server.publish([cycle, 10, 20])
            assert await one.answer() == (cycle, 1, struct.pack(">BB3H", 4, 6, cycle, 10, 20))

    played(story, scan=None, hold_back=True, limits=QUICK)


def test_in_lock_step_only_the_ai_waits_and_only_for_the_host_block():
    async def story(server, client):
        assert await (await client()).ask(read(4, 4000, 1)) == b"\x04\x02\x00\x00"
        assert await (await client(STRANGER)).ask(read(4, 4, 1)) == b"\x04\x02\x00\x00"

    played(story, scan=None, hold_back=True)


def test_the_run_hears_of_an_accepted_write_once_and_of_a_refused_one_never():
    async def story(server, client):
        one, stranger = await client(), await client(STRANGER)
        assert await server.wait_written(0, 0.02) is None
        await stranger.ask(write_many(0, 9, 9, 9, 9))
        assert await server.wait_written(0, 0.02) is None
        waiting = asyncio.create_task(server.wait_written(0, 5))
        await one.ask(write_many(0, 40000, 7, 1, 1))
        assert (await waiting).tolist() == [40000, 7, 1, 1]
        assert (await server.wait_written(0, 5)).tolist() == [40000, 7, 1, 1]
        assert await server.wait_written(1, 0.02) is None

    played(story)


def test_stopping_ends_held_back_reads_and_idle_clients():
    async def story(server, client):
        one, two = await client(), await client()
        await one.send(frame(ASKED))
        await two.send(frame(ASKED)[:4])
        await asyncio.sleep(0.02)
        await server.stop()
        assert await one.ended() and await two.ended()
        assert not server.connections

    played(story, scan=None, hold_back=True)


def test_a_port_that_is_taken_is_told():
    async def run():
        async with serving() as (server, _):
            port = next(iter(server._listeners.values())).getsockname()[1]
            with pytest.raises(OSError, match="in use"):
                await server.start("127.0.0.1", port)

    asyncio.run(run())

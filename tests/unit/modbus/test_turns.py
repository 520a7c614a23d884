"""Clients that only look share a part of the time; the others never wait for them."""

from __future__ import annotations

import asyncio

from plc import AI, STRANGER, played, read, serving

from simulator.modbus.connection import Limits
from simulator.modbus.turns import PERIOD, Turns


def test_who_has_used_its_part_waits_for_the_next_period():
    async def story():
        loop, turns = asyncio.get_running_loop(), Turns(0.5)
        begun = loop.time()
        await turns.wait()
        turns.spend(0.4 * PERIOD)
        await turns.wait()
        turns.spend(0.2 * PERIOD)
        await turns.wait()
        assert loop.time() - begun >= PERIOD

    asyncio.run(story())


def test_a_new_period_has_all_of_its_time():
    async def story():
        turns = Turns(0.5)
        await turns.wait()
        turns.spend(100 * PERIOD)
        await turns.wait()
        turns.spend(0.4 * PERIOD)
        async with asyncio.timeout(PERIOD / 2):
            await turns.wait()

    asyncio.run(story())


def test_without_a_share_a_stranger_waits_and_the_ai_does_not():
    async def story(server, client):
        ai, stranger = await client(AI), await client(STRANGER)
        waiting = asyncio.create_task(stranger.ask(read(4, 4, 1)))
        assert [await ai.ask(read(4, 4, 1)) for _ in range(50)] == [b"\x04\x02\x00\x07"] * 50
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    played(story, limits=Limits(share=0.0))


def test_a_thousand_questions_of_a_stranger_are_all_answered_though_not_at_once():
    async def run():
        async with serving(limits=Limits(share=0.05)) as (_, client):
            one = await client(STRANGER)
            assert {await one.ask(read(4, 4, 1)) for _ in range(200)} == {b"\x04\x02\x00\x07"}

    asyncio.run(run())

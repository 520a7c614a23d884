"""The synchronous client against the server, straight and through a relay that tampers."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import asynccontextmanager

import numpy as np
import pytest

from simulator.modbus.access import Conduit, Role
from simulator.modbus.client import Client, Excepted, LinkLost
from simulator.modbus.register_map import HEADER, Loop, Point, registers_of
from simulator.modbus.relay import Relay
from simulator.modbus.server import Server

PV = Point("TT-101", "K", 300.0, 420.0)
MAP = registers_of([PV], [Loop("TIC-101", PV, PV)], ["SIF-101"], ["shed"], ["override"])
HOST, MAIL = MAP["host"], MAP["mailbox"]
WRITE = np.array([100, 7, 8, 9], np.uint16)


@asynccontextmanager
async def plc(relay=False):
    """A server in lock step, and where its AI host connects."""
    server = Server(MAP, Conduit(Role.AI), hold_back=True)
    port = await server.start()
    between = Relay(MAP, "127.0.0.1", port)
    if relay:
        port = await between.start()
    try:
        yield server, between, port
    finally:
        await between.stop()
        await server.stop()


def once(port, scans=1):
    """An AI host: reads the block and writes its mailbox, so many times."""
    seen = []
    with Client("127.0.0.1", port, 5.0) as client:
        for _ in range(scans):
            seen.append(client.read(HOST.base, len(HOST.registers))[len(HEADER) :].tolist())
            client.write(MAIL.base, WRITE)
    return seen


@pytest.mark.parametrize("relay", [False, True])
def test_a_read_waits_for_the_scan_and_a_write_arrives(relay):
    async def play():
        async with plc(relay) as (server, _, port):
            host = asyncio.create_task(asyncio.to_thread(once, port, 2))
            for cycle in (1, 2):
                server.publish([cycle, 41])
                assert (await server.wait_written(cycle - 1, 5.0)).tolist() == WRITE.tolist()
            return await host

    assert asyncio.run(play()) == [[1, 41], [2, 41]]


def test_a_refused_request_is_told_with_its_code():
    async def play():
        async with plc() as (_, _, port):
            with pytest.raises(Excepted, match="function 4 was answered with exception 2"):
                await asyncio.to_thread(ask, port)

    def ask(port):
        with Client("127.0.0.1", port, 5.0) as client:
            client.read(60_000, 1)

    asyncio.run(play())


def test_nobody_who_listens_is_a_lost_link():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(LinkLost):
            Client("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "the connection was closed"),
        (b"\x00\x01\x00\x07\x00\x05\x01\x04\x02\x00\x01", "protocol id 7"),
        (b"\x00\x01\x00\x00\x00\x05\x01\x03\x02\x00\x01", "answered as function 3"),
        (b"\x00\x01\x00\x00\x00\x05\x01\x04\x02\x00\x01", "2 registers were asked for"),
        (None, "no answer in time"),
    ],
)
def test_a_server_that_lies_or_is_silent_is_a_lost_link(answer, why):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            with listener.accept()[0] as peer:
                peer.recv(100)
                if answer is None:
                    peer.recv(100)  # until the client gives up
                else:
                    peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with (
            Client("127.0.0.1", listener.getsockname()[1], 0.2) as client,
            pytest.raises(LinkLost, match=why),
        ):
            client.read(0, 2)
        thread.join()


def test_a_relay_rewrites_what_the_ai_is_shown_and_nothing_else():
    async def play():
        async with plc(relay=True) as (server, relay, port):
            relay.rewrite = lambda body: np.concatenate((body[:1], body[1:] + np.uint16(5)))
            host = asyncio.create_task(asyncio.to_thread(once, port))
            server.publish([1, 41])
            assert (await server.wait_written(0, 5.0)).tolist() == WRITE.tolist()
            return await host

    assert asyncio.run(play()) == [[1, 46]]


def test_a_relay_holds_a_write_back_until_it_lets_it_go():
    async def play():
        async with plc(relay=True) as (server, relay, port):
            relay.holding = True
            host = asyncio.create_task(asyncio.to_thread(once, port))
            server.publish([1, 41])
            assert await relay.settled(1, 5.0)
            assert relay.held == 1 and server.writes == 0
            assert relay.release() == 1
            assert (await server.wait_written(0, 5.0)).tolist() == WRITE.tolist()
            await host

    asyncio.run(play())


def test_a_silent_relay_passes_nothing_and_keeps_the_socket_open():
    async def play():
        async with plc(relay=True) as (server, relay, port):
            relay.silent = True
            with pytest.raises(LinkLost, match="no answer in time"):
                await asyncio.to_thread(lambda: ask(port))
            assert server.writes == 0

    def ask(port):
        with Client("127.0.0.1", port, 0.2) as client:
            client.read(MAIL.base, 1, function=3)

    asyncio.run(play())


def test_a_line_that_is_cut_ends_connections_refuses_new_ones_and_comes_back_at_its_port():
    async def play():
        async with plc(relay=True) as (server, relay, port):
            host = asyncio.create_task(asyncio.to_thread(once, port))
            while not server.connections:
                await asyncio.sleep(0)
            await relay.cut()
            with pytest.raises(LinkLost):
                await host
            with pytest.raises(LinkLost):
                await asyncio.to_thread(Client, "127.0.0.1", port)
            assert await relay.start() == port
            server.publish([1, 41])
            return await asyncio.to_thread(once, port)

    assert asyncio.run(play()) == [[1, 41]]


def test_an_ai_host_that_does_nothing_is_not_settled():
    async def play():
        async with plc(relay=True) as (server, relay, _):
            server.publish([1, 41])
            assert not await relay.settled(1, 0.05)

    asyncio.run(play())


def test_a_relay_acknowledges_a_write_that_it_never_passes_on():
    async def play():
        async with plc(relay=True) as (server, relay, port):
            relay.blocking = True
            server.publish([1, 41])
            seen = await asyncio.to_thread(once, port)
            assert server.writes == 0
            return seen

    assert asyncio.run(play()) == [[1, 41]]


def test_what_a_relay_sends_behind_a_write_is_taken_and_its_answers_reach_nobody():
    forged = np.array([300, 7, 18, 19], np.uint16)
    reads = struct.pack(">BHH", 4, MAP["loops"].base, 4)

    def behind(pdu):
        return [reads] * 5 + [pdu[:6] + forged.astype(">u2").tobytes()]

    async def play():
        async with plc(relay=True) as (server, relay, port):
            relay.behind = behind
            host = asyncio.create_task(asyncio.to_thread(once, port, 2))
            for cycle in (1, 2):
                server.publish([cycle, 41])
                while server.writes < 2 * cycle:
                    await asyncio.sleep(0)
                assert server.image.taken.tolist() == forged.tolist()
            assert await host == [[1, 41], [2, 41]]
            return server.refusals.writes

    assert asyncio.run(play()) == 0

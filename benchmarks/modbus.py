"""How the Modbus server holds: requests a second on one connection, and the AI's deadline under a flood.

The server runs on the fast reactor in this process; the clients are processes of their own, as they would
be on a network. Prints figures with their aims and leaves with 1 when one is missed. Requests are counted
by the CPU time of the server's process, as in `loop.py`; by the clock they depend on what else there is.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
import struct
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from typing import Any

from simulator.campaign.plc import warm
from simulator.campaign.serve import Listener, Service, serve_on
from simulator.modbus.access import Conduit, Role
from simulator.scenario.resolve_plant import resolve_plant

REQUESTS = 10_000
CYCLES = 300
FLOOD = 50
RATE, KEPT = 3000, 0.99
SPEED = 5.0
"""A cycle of the AI is 200 ms long at this speed, a scan of the PLC 40 ms."""
HOST = struct.pack(">HHHBBHH", 1, 0, 6, 1, 4, 0, 16)
CYCLE = struct.pack(">HHHBBHH", 1, 0, 6, 1, 4, 4, 1)
Work = Callable[[int, Pipe], None]


def link(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A connection from a source address."""
    one = socket.create_connection(("127.0.0.1", port), 10, (source, 0))
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


def received(one: socket.socket, size: int) -> bytes:
    """So many bytes."""
    data = b""
    while len(data) < size:
        more = one.recv(size - len(data))
        if not more:
            raise ConnectionError("the server closed")
        data += more
    return data


def requests(port: int, told: Pipe, source: str = "127.0.0.1") -> None:
    """One client that asks for the host block again and again, one request at a time."""
    with link(port, source) as one:
        begun = time.perf_counter()
        for _ in range(REQUESTS):
            one.sendall(HOST)
            received(one, 41)
        told.send(REQUESTS / (time.perf_counter() - begun))


def stranger(port: int, told: Pipe) -> None:
    """The same from a source that has no role, and so only a part of the server's time."""
    requests(port, told, "127.0.0.3")


def cycle_of(one: socket.socket) -> int:
    """Number of the question that stands."""
    one.sendall(CYCLE)
    return int.from_bytes(received(one, 11)[9:], "big")


def controller(port: int, told: Pipe) -> None:
    """An AI that looks for its question every 2 ms: answers in time, questions, and the longest.

    An answer is in time when its question still stands after the PLC has confirmed the write.
    """
    with link(port) as one:
        first = last = cycle_of(one)
        kept, worst = 0, 0.0
        while last - first < CYCLES:
            time.sleep(0.002)
            begun, cycle = time.perf_counter(), cycle_of(one)
            if cycle == last:
                continue
            last = cycle
            words = struct.pack(">4H", 27803, cycle, cycle, cycle)
            one.sendall(struct.pack(">HHHBBHHB", 2, 0, 15, 1, 16, 0, 4, 8) + words)
            received(one, 12)
            kept += cycle_of(one) == cycle
            worst = max(worst, time.perf_counter() - begun)
        told.send((kept, last - first, worst))


async def _drown(port: int) -> None:
    """50 connections, kept open or opened again, each of which asks 16 questions at once and reads on."""

    async def one(k: int) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                source = (f"127.0.1.{k + 1}", 0)
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
                try:
                    while True:
                        writer.write(16 * HOST)
                        await reader.readexactly(16 * 41)
                finally:
                    writer.close()
            await asyncio.sleep(0.001)

    await asyncio.gather(*(one(k) for k in range(FLOOD)))


def flood(port: int, _: Pipe) -> None:
    """Ends with the process."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_drown(port))


class Bench:
    """One served reactor, and clients in processes of their own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.context = multiprocessing.get_context("spawn")

    async def start(self, work: Work) -> tuple[multiprocessing.process.BaseProcess, Pipe]:
        """A client at its work, and where it tells; nothing here keeps the server waiting."""
        mine, its = self.context.Pipe()
        process = self.context.Process(target=work, args=(self.port, its), daemon=True)
        await asyncio.to_thread(process.start)
        return process, mine

    async def told(self, work: Work) -> Any:
        """What a client tells when it is done."""
        process, pipe = await self.start(work)
        found = await asyncio.to_thread(pipe.recv)
        await asyncio.to_thread(process.join)
        return found


async def _measured() -> bool:
    plant, _ = resolve_plant("cstr", as_commissioned=True)
    warm(plant, "rcas")
    ports: dict[str, int] = {}
    service = Service(plant, "rcas", (Listener(Conduit(Role.AI), 0),), speed=SPEED)
    stopped = asyncio.Event()
    run = asyncio.create_task(serve_on(service, ports.update, stopped))
    while not ports:
        await asyncio.sleep(0.01)
    bench = Bench(ports["ai"])
    busy = time.process_time()
    wall = await bench.told(requests)
    rate = REQUESTS / (time.process_time() - busy)
    throttled = await bench.told(stranger)
    drowning, _ = await bench.start(flood)
    await asyncio.sleep(2.0)
    kept, asked, worst = await bench.told(controller)
    drowning.terminate()
    await asyncio.to_thread(drowning.join)
    stopped.set()
    served = await run
    print(f"requests on one connection    {rate:9.0f} a CPU second (at least {RATE})")
    print(f"  by the clock                {wall:9.0f} /s")
    print(f"  of a client without a role  {throttled:9.0f} /s")
    print(
        f"AI cycles kept, flood of {FLOOD}   {kept:5d} of {asked} ({kept / asked:.1%}; at least {KEPT:.0%})"
    )
    print(f"longest question and answer   {1e3 * worst:9.1f} ms      (a cycle is {1e3 / SPEED:.0f} ms here)")
    print(f"refused connections           {served.refusals.connections:9d}")
    print(f"PLC's scans                   {served.lateness}")
    return rate >= RATE and kept >= KEPT * asked


def main() -> None:
    """Measure and print."""
    sys.exit(0 if asyncio.run(_measured()) else 1)


if __name__ == "__main__":
    main()

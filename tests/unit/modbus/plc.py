"""A PLC with two points and one loop behind a real socket, and a client that sends bytes as it likes."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager, suppress

from simulator.modbus.access import Conduit, Role, Unknown
from simulator.modbus.register_map import Loop, Point, registers_of
from simulator.modbus.server import Server

PV = Point("TT-101", "K", 300.0, 420.0)
REGISTERS = registers_of(
    [PV, Point("FT-101", "L/min", 0.0, 150.0)],
    [Loop("TIC-101", PV, PV)],
    ["SIF-101"],
    ["TT-101.H", "trip.SIF-101"],
    ["override", "rearm", "reset"],
)
HOST = len(REGISTERS["host"].registers)
SCAN = [7, 1000, 2000]
"""A scan: cycle and two points."""
AI, OPERATOR, ENGINEERING, STRANGER = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.9"
PATIENCE = 10.0


def frame(pdu, transaction=1, unit=1, protocol=0, length=None):
    """Bytes of a request, right or wrong."""
    length = len(pdu) + 1 if length is None else length
    return struct.pack(">HHHB", transaction, protocol, length, unit) + pdu


def read(function, address, count):
    return struct.pack(">BHH", function, address, count)


def write_one(function, address, value):
    return struct.pack(">BHH", function, address, value)


def write_many(address, *values):
    return struct.pack(f">BHHB{len(values)}H", 16, address, len(values), 2 * len(values), *values)


class Client:
    """A connection from a chosen source address."""

    def __init__(self, reader, writer):
        self.reader, self.writer, self.transaction = reader, writer, 0

    @classmethod
    async def open(cls, port, source=AI):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        sock.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        return cls(*await asyncio.open_connection(sock=sock))

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self):
        """Transaction, unit and PDU of the next answer; None when the connection ended instead."""
        async with asyncio.timeout(PATIENCE):
            try:
                transaction, protocol, length, unit = struct.unpack(">HHHB", await self.reader.readexactly(7))
                assert protocol == 0
                return transaction, unit, await self.reader.readexactly(length - 1)
            except (asyncio.IncompleteReadError, ConnectionError):
                return None

    async def ask(self, pdu, unit=1):
        """The PDU of the answer to a request, which carries its transaction and unit."""
        self.transaction += 1
        await self.send(frame(pdu, self.transaction, unit))
        transaction, answering, told = await self.answer()
        assert (transaction, answering) == (self.transaction, unit)
        return told

    async def words(self, function, address, count):
        told = await self.ask(read(function, address, count))
        assert told[:2] == bytes([function, 2 * count]), told.hex()
        return list(struct.unpack(f">{count}H", told[2:]))

    async def ended(self):
        """Whether the server has closed."""
        return await self.answer() is None

    async def close(self):
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def serving(scan=SCAN, conduit=Role.AI, unknown=Unknown.READ_ONLY, **options):
    """A server with one published scan, and a function that opens clients of one conduit."""
    sources = {Role.AI: AI, Role.OPERATOR: OPERATOR, Role.ENGINEERING: ENGINEERING}
    server, clients = Server(REGISTERS, **options), []
    port = await server.listen(Conduit(conduit, (sources[conduit],), unknown))

    async def client(source=sources[conduit]):
        clients.append(await Client.open(port, source))
        return clients[-1]

    if scan:
        server.publish(scan)
    try:
        yield server, client
    finally:
        for one in clients:
            await one.close()
        await server.stop()


def played(story, **options):
    """Run ``story(server, client)`` against a fresh server."""

    async def run():
        async with asyncio.timeout(3 * PATIENCE), serving(**options) as (server, client):
            return await story(server, client)

    return asyncio.run(run())

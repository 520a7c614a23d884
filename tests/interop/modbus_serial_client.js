// One request by modbus-serial: PORT ACTION ADDRESS VALUE..., as libmodbus_client.c.
const ModbusRTU = require("modbus-serial");

const [port, action, address, ...values] = process.argv.slice(2);
const numbers = values.map(Number);
const plc = new ModbusRTU();

const ACTIONS = {
    input: () => plc.readInputRegisters(Number(address), numbers[0]),
    holding: () => plc.readHoldingRegisters(Number(address), numbers[0]),
    coils: () => plc.readCoils(Number(address), numbers[0]),
    registers: () => plc.writeRegisters(Number(address), numbers),
    register: () => plc.writeRegister(Number(address), numbers[0]),
    coil: () => plc.writeCoil(Number(address), numbers[0] !== 0),
};

async function main() {
    await plc.connectTCP("127.0.0.1", { port: Number(port) });
    plc.setID(1);
    plc.setTimeout(5000);
    try {
        const told = await ACTIONS[action]();
        const reads = ["input", "holding", "coils"].includes(action);
        const words = reads ? told.data.slice(0, numbers[0]).map(Number) : ["written"];
        console.log(words.join("\n"));
    } catch (error) {
        if (error.modbusCode === undefined) throw error;
        console.log(`exception ${error.modbusCode}`);
    } finally {
        plc.close(() => {});
    }
}

main().catch((error) => {
    console.error(error);
    process.exit(2);
});

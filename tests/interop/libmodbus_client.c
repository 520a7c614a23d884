/* One request by libmodbus: PORT ACTION ADDRESS VALUE..., where ACTION is input, holding, coils (then VALUE
 * is how many), registers, register or coil. Prints the words, "written", or "exception N". */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 125 };

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    modbus_t *plc = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
    if (plc == NULL || modbus_connect(plc) != 0) {
        fprintf(stderr, "%s\n", modbus_strerror(errno));
        return 2;
    }
    modbus_set_slave(plc, 1);
    const char *action = argv[2];
    const int address = atoi(argv[3]), first = atoi(argv[4]), given = argc - 4;
    uint16_t words[MOST] = {0};
    uint8_t bits[MOST] = {0};
    int done = -1, shown = 0;
    for (int k = 0; k < given && k < MOST; k++)
        words[k] = (uint16_t)atoi(argv[4 + k]);
    if (strcmp(action, "registers") == 0)
        done = modbus_write_registers(plc, address, given, words);
    else if (strcmp(action, "register") == 0)
        done = modbus_write_register(plc, address, words[0]);
    else if (strcmp(action, "coil") == 0)
        done = modbus_write_bit(plc, address, first);
    else if (strcmp(action, "input") == 0)
        shown = done = modbus_read_input_registers(plc, address, first, words);
    else if (strcmp(action, "holding") == 0)
        shown = done = modbus_read_registers(plc, address, first, words);
    else if (strcmp(action, "coils") == 0)
        shown = done = modbus_read_bits(plc, address, first, bits);
    const int code = errno - MODBUS_ENOBASE;
    if (done == -1 && code > 0 && code < 32)
        printf("exception %d\n", code);
    else if (done == -1)
        fprintf(stderr, "%s\n", modbus_strerror(errno));
    else if (shown == 0)
        printf("written\n");
    for (int k = 0; k < shown; k++)
        printf("%d\n", strcmp(action, "coils") == 0 ? bits[k] : words[k]);
    modbus_close(plc);
    modbus_free(plc);
    return done == -1 && !(code > 0 && code < 32) ? 2 : 0;
}

#!/usr/bin/env bash
# Installs the third-party Modbus clients that are not Python's: mbpoll and libmodbus from Debian, modbus-serial from npm.
# Usage: install.sh FOLDER, where the compiled client and node's modules go. Fails, and says what is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
MODBUS_SERIAL=8.0.25

missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v mbpoll >/dev/null || missing+=(mbpoll)
[ -e /usr/include/modbus/modbus.h ] || missing+=(libmodbus-dev)
command -v npm >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
    root=(); [ "$(id -u)" -eq 0 ] || root=(sudo -n)
    { "${root[@]}" apt-get update -qq && "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null ||
        { echo "make interop needs ${missing[*]}. On Debian and Ubuntu: apt-get install ${missing[*]}" >&2; exit 2; }
fi

mkdir -p "$folder"
gcc -Wall -Wextra -Werror -O1 -o "$folder/libmodbus_client" "$here/libmodbus_client.c" -lmodbus
npm install --silent --no-audit --no-fund --omit=optional --prefix "$folder" "modbus-serial@$MODBUS_SERIAL" >/dev/null ||
    { echo "make interop needs modbus-serial $MODBUS_SERIAL from npm" >&2; exit 2; }

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# dotnet as this project uses it: dotnet.sh FOLDER ARGS... It reports to nobody, leaves no server running, and keeps what it
# keeps below FOLDER, also where there is no home.
set -euo pipefail
folder=$1
shift
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export DOTNET_CLI_HOME=$folder/home
mkdir -p "$DOTNET_CLI_HOME"
[[ -d ${HOME:-} && -w ${HOME:-} ]] || export HOME=$DOTNET_CLI_HOME
exec "${DOTNET:-dotnet}" "$@"

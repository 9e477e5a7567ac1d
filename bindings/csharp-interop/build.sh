#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds everything in C# and the package: build.sh FOLDER LIBRARY VERSION. CMake calls it.
# ZEROBUFFER_NUGET_SOURCE: where packages come from, a folder or an address; otherwise what NuGet is configured for.
set -euo pipefail
folder=$1 library=$2 version=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
solution=$here/ZeroBuffer.slnx
common=(-c Release -nodeReuse:false "-p:ArtifactsPath=$folder" "-p:ZeroBufferNativeLibrary=$library" "-p:ZeroBufferVersion=$version")
run() { "$here/dotnet.sh" "$folder" "$@"; }
restore() {
    run restore --disable-build-servers "${common[@]:2}" ${ZEROBUFFER_NUGET_SOURCE:+--source "$ZEROBUFFER_NUGET_SOURCE"} \
        "$solution" -v:quiet
}

# What .NET 8 and the analysis for ahead-of-time compilation need is no part of the SDK; without them there is still .NET 10.
if ! restore >"$folder/restore.log" 2>&1; then
    common+=(-p:ZeroBufferSdkOnly=true)
    restore || { cat "$folder/restore.log" >&2 && exit 1; }
    printf 'C#: without net8.0 and the analysis of trimming, which could not be restored: %s\n' "$folder/restore.log"
fi
run build --disable-build-servers --no-restore "${common[@]}" "$solution" -v:quiet
run pack --disable-build-servers --no-build --no-restore "${common[@]}" "$here/src/ZeroBuffer/ZeroBuffer.csproj" -v:quiet

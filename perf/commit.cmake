# SPDX-License-Identifier: MIT
# Writes OUTPUT, a header that names the commit of SOURCE; run at every build, changes the file only when the commit did.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#pragma once

namespace zerobuffer::perf {

inline constexpr const char* commit = "@commit@";

}  // namespace zerobuffer::perf
]])

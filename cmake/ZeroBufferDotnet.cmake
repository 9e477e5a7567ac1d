# SPDX-License-Identifier: MIT
# zerobuffer_dotnet(NAME PROJECT FILE [SOURCES FILE...])
#   Builds a C# program with the .NET SDK as the target NAME. PROJECT is its .csproj; SOURCES what it compiles besides the
#   .cs files of its own folder. Nothing is written to the source tree: the program is
#   csharp/bin/PROJECT-NAME/release/ASSEMBLY in the build tree.
#
# ZEROBUFFER_CSHARP says whether C# is built: it is by default when there is a dotnet, and never with sanitizers, because an
# instrumented library cannot be loaded into a plain runtime.
find_program(ZEROBUFFER_DOTNET dotnet DOC ".NET SDK, 10 or later")
option(ZEROBUFFER_CSHARP "Build what is written in C#" ON)
if(NOT ZEROBUFFER_DOTNET OR ZEROBUFFER_SANITIZE)
  set(ZEROBUFFER_CSHARP OFF)
endif()

set(zerobuffer_csharp_bin ${PROJECT_BINARY_DIR}/csharp/bin)

function(zerobuffer_dotnet name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PROJECT" "SOURCES")
  cmake_path(ABSOLUTE_PATH arg_PROJECT)
  cmake_path(GET arg_PROJECT PARENT_PATH folder)
  set(common ${PROJECT_SOURCE_DIR}/bindings/csharp-interop)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cs ${common}/src/*.cs ${common}/src/*.csproj)
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${name}.stamp)
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${ZEROBUFFER_DOTNET} build ${arg_PROJECT} --nologo -v:quiet -nodeReuse:false --disable-build-servers -c Release
      -p:ArtifactsPath=${PROJECT_BINARY_DIR}/csharp -p:ZeroBufferNativeLibrary=$<TARGET_FILE:zerobuffer>
      -p:ZeroBufferVersion=${PROJECT_VERSION}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${arg_PROJECT} ${arg_SOURCES} ${sources} ${common}/Directory.Build.props zerobuffer
    COMMENT "Building ${name} with dotnet"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${stamp})
  # They share projects, whose results two builds at the same time would both write.
  get_property(previous GLOBAL PROPERTY zerobuffer_last_dotnet)
  if(previous)
    add_dependencies(${name} ${previous})
  endif()
  set_property(GLOBAL PROPERTY zerobuffer_last_dotnet ${name})
endfunction()

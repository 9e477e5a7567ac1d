# SPDX-License-Identifier: MIT
# How a mutant is made: the library with one mistake in the order or the place of its stores, and otherwise the very
# objects that are shipped. The step killer must catch each. They are listed in CMakeLists.txt.
#
# crash_mutant(NAME CASE FILE FROM TO [FROM TO])
#   NAME   of the mutant and its test
#   CASE   the test of the program `crash` that must report an anomaly, without prefix and name: WriterV2/EmptyFrame
#   FILE   below libzerobuffer/src: a .cpp, or a header of one side
#   FROM   exact text in FILE, there exactly once
#   TO     what stands there instead
# When FROM is no longer there, CMake fails: the mutant has to follow the source.

set(mutant_source ${PROJECT_SOURCE_DIR}/libzerobuffer/src)
set(mutant_list "")

# Replaces in the variable `text`.
function(crash_replace file from to)
  string(FIND "${text}" "${from}" first)
  string(FIND "${text}" "${from}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "a mutant wants to replace what is not there exactly once in ${file}:\n${from}")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  set(text "${text}" PARENT_SCOPE)
endfunction()

# The file to compile for a mistake in `file`: what is in a header lands where its side is made.
function(crash_unit_of file result)
  if(file MATCHES "\\.cpp$")
    set(${result} ${file} PARENT_SCOPE)
  elseif(file MATCHES "producer|resume|writer")
    set(${result} endpoint/writer.cpp PARENT_SCOPE)
  else()
    set(${result} endpoint/reader.cpp PARENT_SCOPE)
  endif()
endfunction()

function(crash_mutant name case file from to)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mutant_source}/${file})
  file(READ ${mutant_source}/${file} text)
  crash_replace(${file} "${from}" "${to}")
  if(ARGC GREATER 5)
    crash_replace(${file} "${ARGV5}" "${ARGV6}")
  endif()
  file(CONFIGURE OUTPUT ${folder}/${file} CONTENT "${text}" @ONLY)

  crash_unit_of(${file} unit)
  set(source ${mutant_source}/${unit})
  if(unit STREQUAL file)
    set(source ${folder}/${file})
  endif()
  string(REPLACE "." "\\." unit_pattern "/${unit}.o$")
  add_library(mutant_${name} SHARED EXCLUDE_FROM_ALL ${source}
    "$<FILTER:$<TARGET_OBJECTS:zerobuffer_objects>,EXCLUDE,${unit_pattern}>")
  zerobuffer_target(mutant_${name})
  target_include_directories(mutant_${name} BEFORE PRIVATE ${folder} ${mutant_source} ${PROJECT_SOURCE_DIR}/libzerobuffer/include)
  target_include_directories(mutant_${name} SYSTEM PRIVATE $<TARGET_PROPERTY:zerobuffer_objects,INCLUDE_DIRECTORIES>)
  target_link_libraries(mutant_${name} PRIVATE Threads::Threads)
  target_link_options(mutant_${name} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/libzerobuffer/zerobuffer.map)
  target_compile_options(mutant_${name} PRIVATE -O1 -w)
  # The name of the real one, so that a program takes it instead when it is loaded first.
  set_target_properties(mutant_${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${folder} OUTPUT_NAME zerobuffer
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  string(APPEND mutant_list "    {\"${name}\", \"${case}\", \"${folder}/libzerobuffer.so.${PROJECT_VERSION_MAJOR}\"},\n")
  set(mutant_list "${mutant_list}" PARENT_SCOPE)
  add_dependencies(crash_mutants mutant_${name})
endfunction()

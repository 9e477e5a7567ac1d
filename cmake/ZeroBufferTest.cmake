# SPDX-License-Identifier: MIT
# How a suite under tests/ enters CTest. Every gtest case and every pytest case is counted by itself.
#
# zerobuffer_gtest(NAME SOURCES FILE... [INTERNAL] [SANITIZE|ASAN] [SERIAL] [TIMEOUT SECONDS] [LIBRARIES TARGET...])
#   Builds the program NAME and adds each of its cases as the test NAME.Suite.Case, each in a process of its own, so
#   that a crash fails one case. Without INTERNAL it uses the shared library as users do; with it, it links the engine's
#   objects and sees libzerobuffer/src. SANITIZE: fit for asan and tsan (label `sanitize`); ASAN: for asan alone, as
#   there are no threads in it that share anything. SERIAL: runs alone.
#
# zerobuffer_pytest(NAME PATH... [SERIAL] [TIMEOUT SECONDS] [ENVIRONMENT VARIABLE=VALUE...])
#   Runs the files or folders PATH with pytest as the test NAME. The tests find the binding on PYTHONPATH, and in
#   ZEROBUFFER_SOURCE_DIR, ZEROBUFFER_BUILD_DIR the two trees. Cases are read from results/NAME.xml in the build tree.
include(GoogleTest)

# GoogleTest's headers cost each test file more than the test itself: they are compiled once for each way of optimising.
foreach(headers zerobuffer_test_headers zerobuffer_test_headers_unoptimised)
  add_library(${headers} OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_headers.cpp)
  zerobuffer_target(${headers})
  target_link_libraries(${headers} PRIVATE GTest::gmock)
  target_precompile_headers(${headers} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endforeach()
set(unoptimised $<$<CONFIG:Release,RelWithDebInfo>:-O0>)
target_compile_options(zerobuffer_test_headers_unoptimised PRIVATE ${unoptimised})

function(zerobuffer_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INTERNAL;SANITIZE;ASAN;SERIAL" "TIMEOUT" "SOURCES;LIBRARIES")
  add_executable(${name} ${arg_SOURCES})
  zerobuffer_target(${name})
  if(arg_INTERNAL)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/libzerobuffer/src)
    target_link_libraries(${name} PRIVATE zerobuffer_objects)
  else()
    target_link_libraries(${name} PRIVATE zerobuffer)
  endif()
  # The library is optimised. Its callers need not be, and with sanitizers nothing but it: half of the compilation.
  set(headers zerobuffer_test_headers)
  if(ZEROBUFFER_SANITIZE OR NOT arg_INTERNAL)
    string(APPEND headers _unoptimised)
    target_compile_options(${name} PRIVATE ${unoptimised})
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock_main)
  target_precompile_headers(${name} REUSE_FROM ${headers})
  set(label plain)
  if(arg_SANITIZE OR (arg_ASAN AND NOT ZEROBUFFER_SANITIZE MATCHES thread))
    set(label sanitize)
    add_dependencies(zerobuffer_sanitize_tests ${name})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  gtest_discover_tests(${name} TEST_PREFIX ${name}. NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${label} TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_SERIAL})
endfunction()

function(zerobuffer_pytest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT" "ENVIRONMENT")
  list(TRANSFORM arg_UNPARSED_ARGUMENTS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE paths)
  add_test(NAME ${name} COMMAND ${Python_EXECUTABLE} -m pytest --junitxml=${PROJECT_BINARY_DIR}/results/${name}.xml
    --basetemp=${PROJECT_BINARY_DIR}/scratch/${name} ${paths})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS pytest TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_SERIAL}
    ENVIRONMENT "PYTHONPATH=${PROJECT_BINARY_DIR}/site;PYTHONDONTWRITEBYTECODE=1;ZEROBUFFER_SOURCE_DIR=${PROJECT_SOURCE_DIR};ZEROBUFFER_BUILD_DIR=${PROJECT_BINARY_DIR};${arg_ENVIRONMENT}")
endfunction()

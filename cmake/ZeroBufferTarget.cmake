# SPDX-License-Identifier: MIT
# zerobuffer_target(NAME): what every target of this project has in common. No global flags: each target asks for them.
function(zerobuffer_target name)
  target_compile_features(${name} PRIVATE cxx_std_20 c_std_11)
  set_target_properties(${name} PROPERTIES
    CXX_EXTENSIONS OFF C_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wnon-virtual-dtor>)
  if(ZEROBUFFER_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${ZEROBUFFER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${name} PRIVATE -fsanitize=${ZEROBUFFER_SANITIZE})
    # GCC warns that TSan does not model fences; ours order a store before a later load only, which TSan does not check.
    if(ZEROBUFFER_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      target_compile_options(${name} PRIVATE -Wno-tsan)
    endif()
  endif()
endfunction()

# SPDX-License-Identifier: MIT
# What `cmake --install` gives: libraries and command (component runtime), headers, CMake package, pkg-config file (dev).
if(NOT ZEROBUFFER_INSTALL)
  return()
endif()
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/zerobuffer)

install(TARGETS zerobuffer zerobuffer_static EXPORT zerobuffer-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(EXPORT zerobuffer-targets NAMESPACE zerobuffer:: DESTINATION ${package_dir} COMPONENT dev)

configure_package_config_file(zerobuffer-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/zerobuffer-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/zerobuffer-config-version.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/zerobuffer-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/zerobuffer-config-version.cmake
  DESTINATION ${package_dir} COMPONENT dev)

# The prefix is found from the place of the .pc file, so that an installed tree may be moved.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${pc_dir} OUTPUT_VARIABLE pc_libdir)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${pc_dir}
  OUTPUT_VARIABLE pc_includedir)
configure_file(zerobuffer.pc.in zerobuffer.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/zerobuffer.pc DESTINATION ${pc_dir} COMPONENT dev)

// SPDX-License-Identifier: MIT
// Nothing: CMake compiles precompiled headers for the sources of a target, so there must be one.

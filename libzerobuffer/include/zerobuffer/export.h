/* SPDX-License-Identifier: MIT */
/* What the shared library exports: everything else in it is hidden. */
#ifndef ZEROBUFFER_EXPORT_H
#define ZEROBUFFER_EXPORT_H

#ifdef __cplusplus
#define ZEROBUFFER_API [[gnu::visibility("default")]]
#else
#define ZEROBUFFER_API __attribute__((visibility("default")))
#endif

#endif

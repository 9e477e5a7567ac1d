// SPDX-License-Identifier: MIT
// Which sides belong to which layout: the engines are written once over these.
#pragma once

#include "endpoint/sides_v1.hpp"
#include "endpoint/sides_v2.hpp"

namespace zerobuffer::endpoint {

template <class Layout>
struct Sides;

template <>
struct Sides<wire::LayoutV1> {
    using Reader = ReaderSideV1;
    using Writer = WriterSideV1;
};

template <>
struct Sides<wire::LayoutV2> {
    using Reader = ReaderSideV2;
    using Writer = WriterSideV2;
};

}  // namespace zerobuffer::endpoint

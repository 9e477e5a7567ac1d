// SPDX-License-Identifier: MIT
// The only place that turns a layout number into a type: everything above is written once over a layout.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include <zerobuffer/options.hpp>

#include "wire/layout_v1.hpp"
#include "wire/layout_v2.hpp"

namespace zerobuffer::wire {

// The layout of a segment whose first eight bytes are given; nothing if they are still zero or of neither layout.
inline std::optional<Layout> recognise(std::uint32_t oieb_size) noexcept {
    if (oieb_size == sizeof(ControlV1)) { return Layout::v1; }
    if (oieb_size == sizeof(ControlV2)) { return Layout::v2; }
    return std::nullopt;
}

// Calls use(LayoutV1{}) or use(LayoutV2{}).
template <class Use>
decltype(auto) with_layout(Layout layout, Use&& use) {
    switch (layout) {
        case Layout::v1:
            return std::forward<Use>(use)(LayoutV1{});
        case Layout::v2:
            break;
    }
    return std::forward<Use>(use)(LayoutV2{});
}

}  // namespace zerobuffer::wire

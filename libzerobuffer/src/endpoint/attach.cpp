// SPDX-License-Identifier: MIT
#include "endpoint/attach.hpp"

#include "endpoint/segment_copy.hpp"
#include "wire/name.hpp"
#include "wire/refuse.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {

Layout layout_of_existing(const std::string& name) {
    wire::check_existing_name(name);
    const auto file = platform::SharedFile::open(name, platform::Access::read_only);
    if (!file) {
        throw Error(Status::not_found,
                    "buffer \"" + name + "\": does not exist; start the side that creates it, or wait for it");
    }
    const wire::Refusal refuse(name);
    const SegmentCopy head(*file, sizeof(wire::ControlV1));
    if (head.size() < sizeof(wire::ControlV1)) { refuse.not_ready("its creator has not sized it yet"); }
    const auto oieb_size = wire::load_relaxed(*reinterpret_cast<const std::uint32_t*>(head.data()));
    if (oieb_size == 0) { refuse.not_ready("its creator has not finished"); }
    const auto layout = wire::recognise(oieb_size);
    if (!layout) { refuse.incompatible("control block size", oieb_size, "128 or 8192"); }
    return *layout;
}

void check_options(Role role, std::string_view name, const Options& options) {
    const auto check = [&](std::string_view option, std::uint64_t value, std::uint64_t most) {
        if (value > most) { wire::refuse_option(name, option, value, "see the documented values"); }
    };
    if (options.layout != Layout::v1 && options.layout != Layout::v2) {
        wire::refuse_option(name, "layout", static_cast<std::uint64_t>(options.layout), "give v1 or v2");
    }
    check("wait_mode", static_cast<std::uint64_t>(options.wait_mode), 2);
    check("prefault", static_cast<std::uint64_t>(options.prefault), 2);
    check("copy", static_cast<std::uint64_t>(options.copy), 2);
    if (options.permissions > 0777U || (options.permissions & 0600U) != 0600U) {
        wire::refuse_option(name, "permissions", options.permissions,
                            "give 0600 to 0777, with read and write for the owner");
    }
    if (options.wait_for_peer.count() < 0) {
        throw Error(Status::misuse, wire::buffer_text(name) + "wait_for_peer is negative; give 0 or a time to wait");
    }
    if (role == Role::writer && options.writable) {
        wire::refuse_option(name, "writable", 1, "it is for readers; a writer's claims are writable anyway");
    }
}

}  // namespace zerobuffer::endpoint

// SPDX-License-Identifier: MIT
// Versions, statuses, messages, options.
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "c_api/boundary.hpp"

static_assert(static_cast<int>(zerobuffer::Status::system_failure) == ZB_SYSTEM_FAILURE, "one set of numbers");

namespace zerobuffer::c_api {
namespace {

// Fixed size: keeping a message must not fail.
struct LastError {
    char message[1024] = "";
    int system_error = 0;
};
thread_local LastError last_error;

// Sizes of zb_options in every version so far; a caller of an older one passes a smaller struct.
constexpr std::uint64_t first_options_size = offsetof(zb_options, interruptible) + sizeof(zb_options::interruptible);

bool flag(const char* name, std::uint32_t value) {
    if (value > 1) {
        throw Error(Status::misuse, std::string("options: ") + name + " is " + std::to_string(value) + "; give 0 or 1");
    }
    return value == 1;
}

}  // namespace

zb_status remember(Status status, const char* message, int system_error) noexcept {
    std::strncpy(last_error.message, message, sizeof last_error.message - 1);
    last_error.system_error = system_error;
    return static_cast<zb_status>(status);
}

zb_status misuse(const char* message) noexcept { return remember(Status::misuse, message, 0); }

Options options_of(const zb_options* options) {
    Options result;
    if (options == nullptr) { return result; }
    if (options->size < first_options_size) {
        throw Error(Status::misuse,
                    "options: size is " + std::to_string(options->size) + "; fill them with zb_options_init first");
    }
    result.capacity = options->capacity;
    result.metadata_size = options->metadata_size;
    result.wait_for_peer = std::chrono::nanoseconds(options->wait_for_peer);
    result.layout = static_cast<Layout>(options->layout);
    result.alignment = options->alignment;
    result.permissions = options->permissions;
    result.wait_mode = static_cast<WaitMode>(options->wait_mode);
    result.prefault = static_cast<Prefault>(options->prefault);
    result.copy = static_cast<Copy>(options->copy);
    result.replace = flag("replace", options->replace);
    result.writable = flag("writable", options->writable);
    result.guarded = flag("guarded", options->guarded);
    result.interruptible = flag("interruptible", options->interruptible);
    // ZB_FOREVER for an open without end: 292 years.
    if (options->wait_for_peer == ZB_FOREVER) { result.wait_for_peer = std::chrono::nanoseconds::max(); }
    return result;
}

}  // namespace zerobuffer::c_api

using namespace zerobuffer;

uint32_t zb_abi_version(void) { return ZB_ABI_VERSION; }
const char* zb_version(void) { return ZEROBUFFER_VERSION; }
const char* zb_status_name(zb_status status) { return status_name(static_cast<Status>(status)); }
const char* zb_last_error(void) { return c_api::last_error.message; }
int zb_last_system_error(void) { return c_api::last_error.system_error; }

zb_status zb_options_init(zb_options* options, uint64_t size) {
    if (options == nullptr) { return c_api::misuse("zb_options_init: options is NULL; pass the struct to fill"); }
    if (size < c_api::first_options_size || size > sizeof(zb_options)) {
        return c_api::misuse(
            "zb_options_init: size is of no known version; pass sizeof(zb_options), and use a library at "
            "least as new as the header");
    }
    const Options defaults;
    std::memset(options, 0, size);
    options->size = size;
    options->capacity = defaults.capacity;
    options->metadata_size = defaults.metadata_size;
    options->layout = ZB_LAYOUT_V2;
    options->alignment = defaults.alignment;
    options->permissions = defaults.permissions;
    return ZB_OK;
}

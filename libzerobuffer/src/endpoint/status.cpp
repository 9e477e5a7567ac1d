// SPDX-License-Identifier: MIT
#include <zerobuffer/status.hpp>
#include <zerobuffer/timeout.hpp>

namespace zerobuffer {

const char* status_name(Status status) noexcept {
    switch (status) {
        case Status::ok:
            return "ok";
        case Status::timeout:
            return "timeout";
        case Status::interrupted:
            return "interrupted";
        case Status::closed:
            return "closed";
        case Status::cancelled:
            return "cancelled";
        case Status::peer_closed:
            return "peer_closed";
        case Status::peer_died:
            return "peer_died";
        case Status::busy:
            return "busy";
        case Status::not_found:
            return "not_found";
        case Status::not_ready:
            return "not_ready";
        case Status::incompatible:
            return "incompatible";
        case Status::corrupt:
            return "corrupt";
        case Status::too_large:
            return "too_large";
        case Status::no_space:
            return "no_space";
        case Status::permission_denied:
            return "permission_denied";
        case Status::bad_name:
            return "bad_name";
        case Status::misuse:
            return "misuse";
        case Status::system_failure:
            return "system_failure";
    }
    return "unknown";
}

Error::Error(Status status, const std::string& message, int system_error)
    : std::runtime_error(message), status_(status), system_error_(system_error) {}

Error::~Error() = default;

void detail::refuse_timeout(double seconds) {
    throw Error(Status::misuse,
                "timeout of " + std::to_string(seconds) + " s: must be 0 to 292 years, or forever; give 0 to try once");
}

}  // namespace zerobuffer

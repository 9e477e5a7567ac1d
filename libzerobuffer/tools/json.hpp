// SPDX-License-Identifier: MIT
// Writes one JSON document, member by member. Strings may hold any bytes, as file names do: what is not UTF-8 becomes
// the lone surrogate \udcXX, which Python's surrogateescape turns back into the byte. The caller keeps the nesting right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zerobuffer::tools {

/// Bytes of the UTF-8 character that `text` starts with, 0 if it starts with none.
std::size_t utf8_length(std::string_view text);

class Json {
public:
    Json& open_object() { return open('{'); }
    Json& close_object() { return close('}'); }
    Json& open_array() { return open('['); }
    Json& close_array() { return close(']'); }
    /// Names the member whose value comes next.
    Json& key(std::string_view name);

    Json& string(std::string_view value);
    Json& number(std::uint64_t value);
    Json& boolean(bool value);
    Json& null();

    /// The document and a line end.
    [[nodiscard]] std::string text() const { return text_ + "\n"; }

private:
    Json& open(char bracket);
    Json& close(char bracket);
    void separate();
    void quote(std::string_view value);

    std::string text_;
    bool first_ = true;
};

}  // namespace zerobuffer::tools

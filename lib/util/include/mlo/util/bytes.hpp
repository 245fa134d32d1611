// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span{text.data(), text.size()});
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The little-endian integer at the start of `from`, which holds at least sizeof(T) bytes.
template <std::unsigned_integral T>
[[nodiscard]] T load_le(ByteView from) noexcept {
    static_assert(std::endian::native == std::endian::little,
                  "a big-endian port needs byte swaps here and in store_le");
    T value;
    std::memcpy(&value, from.first<sizeof(T)>().data(), sizeof(T));
    return value;
}

/// Writes `value` little-endian to the start of `into`, which holds at least sizeof(T) bytes.
template <std::unsigned_integral T>
void store_le(std::span<std::byte> into, T value) noexcept {
    std::memcpy(into.first<sizeof(T)>().data(), &value, sizeof(T));
}

template <std::unsigned_integral T>
void append_le(Bytes& to, T value) {
    const auto old = to.size();
    to.resize(old + sizeof(T));
    store_le(std::span{to}.subspan(old), value);
}

inline void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

/// Reads fixed-size values one after the other from bytes that nobody has checked yet. Running out sets failed() and
/// yields zeros; the caller checks once.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) noexcept : bytes_{bytes} {}
    template <std::unsigned_integral T>
    [[nodiscard]] T integer() noexcept {
        const auto view = take(sizeof(T));
        return view.size() == sizeof(T) ? load_le<T>(view) : T{0};
    }
    /// The next `size` bytes; empty (and failed) if there are fewer.
    [[nodiscard]] ByteView take(std::uint64_t size) noexcept {
        if (size > bytes_.size()) {
            failed_ = true;
            bytes_ = {};
            return {};
        }
        const auto view = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return view;
    }
    [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size(); }
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    ByteView bytes_;
    bool failed_ = false;
};

}  // namespace mlo

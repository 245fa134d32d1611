// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <utility>

namespace mlo {

/// Owns a file descriptor; -1 is none.
class Descriptor {
public:
    explicit Descriptor(int value) noexcept : value_{value} {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : value_{std::exchange(other.value_, -1)} {}
    Descriptor& operator=(Descriptor&&) = delete;
    void close() noexcept {
        if (value_ >= 0) ::close(std::exchange(value_, -1));
    }
    [[nodiscard]] int get() const noexcept { return value_; }

private:
    int value_;
};

}  // namespace mlo

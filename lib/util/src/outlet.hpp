// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/bytes.hpp>

#include <mlo/util/descriptor.hpp>

namespace mlo {

/// One of our own output streams, written without ever waiting for its reader: whoever waits for that cannot pass on
/// signals.
class Outlet {
public:
    /// `number` is 1 or 2.
    explicit Outlet(int number);

    /// Takes all of it; what the stream does not take now is kept until flush.
    void write(ByteView bytes);
    void flush();
    /// Drops what waits.
    void give_up() noexcept;

    [[nodiscard]] bool is_waiting() const noexcept { return first_ < waiting_.size(); }
    /// Nobody reads it any more (EPIPE).
    [[nodiscard]] bool is_gone() const noexcept { return is_gone_; }
    [[nodiscard]] std::uint64_t undelivered_bytes() const noexcept { return undelivered_bytes_; }
    /// To poll for POLLOUT.
    [[nodiscard]] int descriptor() const noexcept { return own_.get() >= 0 ? own_.get() : number_; }

private:
    [[nodiscard]] std::size_t write_some(ByteView bytes);

    int number_;
    bool is_socket_;
    /// The same pipe or terminal, opened anew: O_NONBLOCK on ours would hit all who share it.
    Descriptor own_;
    Bytes waiting_;
    std::size_t first_ = 0;
    bool is_gone_ = false;
    std::uint64_t undelivered_bytes_ = 0;
};

}  // namespace mlo

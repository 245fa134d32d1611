// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <mlo/util/process.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlo {

/// A program that runs beside its caller: what is sent is its standard input, what is received its standard output. It
/// has a session of its own, so that no signal of the terminal reaches it and it cannot ask anything there, and starts
/// as one of run_process does.
///
/// One thread at a time may receive and one may send, both at once; kill may come from any thread.
class Coprocess {
public:
    /// What it says on its error output is kept up to this; of more, the beginning is forgotten.
    static constexpr std::size_t kept_error_bytes = std::size_t{16} * 1024;

    /// Starts it. `on_error_line` is told each line of its error output as it comes, by the thread that receives or
    /// waits. The request's input and limit mean nothing here. Throws child_failed.
    Coprocess(const ProcessRequest& request, std::function<void(std::string_view line)> on_error_line);
    /// Kills it if it still runs, with all that it started in its session.
    ~Coprocess();
    Coprocess(const Coprocess&) = delete;
    Coprocess& operator=(const Coprocess&) = delete;

    /// Waits for output; returns how much came. 0: there will be none any more.
    [[nodiscard]] std::size_t receive(std::span<std::byte> into);
    /// Sends as much of `bytes` as is taken at once, waiting for `patience` at most until anything is; returns how much
    /// that was. Nothing if it does not read any more.
    [[nodiscard]] std::optional<std::size_t> send(ByteView bytes, std::chrono::milliseconds patience);
    /// Ends its input.
    void close_input() noexcept;
    /// Ends it at once; receive returns 0 and send nothing from then on.
    void kill() noexcept;
    /// Its exit code in the shell's way, once it ends within `patience`. Not beside receive.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds patience);
    /// What it has said on its error output. Not beside receive or wait.
    [[nodiscard]] const std::string& error_output() const noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo

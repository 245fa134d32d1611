// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

namespace mlo::test {

/// Makes the files of SQLite fail: while the object lives, databases that are opened go through it to the real ones.
/// Syncs are only counted, not done. One at a time; thread-safe but for its begin and end.
class SqliteFaults {
public:
    /// no_space and short_write (half of the bytes arrive) strike what writes or makes a file longer, io_error
    /// everything.
    enum class Kind : std::uint8_t { no_space, io_error, short_write };
    enum class Law : std::uint8_t { once, persistent };

    SqliteFaults();
    ~SqliteFaults();
    SqliteFaults(const SqliteFaults&) = delete;
    SqliteFaults& operator=(const SqliteFaults&) = delete;

    /// Strikes the call of this number, counted from 1 on from now, or the first after it that can fail so; or all from
    /// there on.
    void fail(Kind kind, std::uint64_t at_call, Law law);
    void heal();
    [[nodiscard]] bool struck() const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace mlo::test

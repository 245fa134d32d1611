// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/db/database.hpp>
#include <string>

#include "journal_format.hpp"

namespace mlo::track::journal {

/// Appends to the journals of a scratch store's runs. Whoever calls holds a transaction of that store, which also keeps
/// others out of the journal.
class Writer {
public:
    /// Reads where the store's journals are to be.
    explicit Writer(db::Database& database);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Whether there are any.
    [[nodiscard]] bool is_on() const noexcept { return !folder_.empty(); }
    void set_folder(std::string folder);
    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    /// When it returns, the frame is durable. Throws run_too_large and failures of the system; then the next call
    /// begins another file.
    void append(const std::string& run, const Operation& operation);

private:
    void begin_file(const Header& header);
    [[nodiscard]] bool open_file(const Header& header, std::uint64_t size);
    void close() noexcept;

    db::Database& database_;
    std::string folder_;
    std::string path_;  ///< of the open file
    int descriptor_ = -1;
};

}  // namespace mlo::track::journal

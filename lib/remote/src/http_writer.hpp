// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mlo/hash/digest.hpp>
#include <mlo/remote/remote.hpp>
#include <string>

#include "http_folders.hpp"
#include "http_session.hpp"

namespace mlo::remote {

/// Brings values to a web server. Where it speaks WebDAV, they are sent to `.tmp/<random>`, read back and moved into
/// place, so that nobody sees part of one; elsewhere PUT brings them there at once, and they are read back then. What
/// killed uploads left in `.tmp` is removed when it is a week old. Thread-safe.
class HttpWriter {
public:
    HttpWriter(HttpSession& session, HttpFolders& folders, const Runtime& runtime)
        : session_{session}, folders_{folders}, runtime_{runtime} {}

    /// Of a key that is known to be absent; existed if somebody else was faster. Throws not_kept, read_only_server and
    /// what HttpSession::error makes.
    [[nodiscard]] PutResult create(const std::string& key, Source& source) { return store(key, source, Overwrite::no); }
    void replace(const std::string& key, Source& source) { static_cast<void>(store(key, source, Overwrite::yes)); }
    /// A value that is absent is as good.
    void remove(const std::string& key);

private:
    enum class Overwrite : std::uint8_t { no, yes };
    enum class Moved : std::uint8_t { yes, existed, unsupported };

    [[nodiscard]] PutResult store(const std::string& key, Source& source, Overwrite overwrite);
    [[nodiscard]] std::optional<PutResult> store_by_move(const std::string& key, Source& source, Overwrite overwrite);
    [[nodiscard]] PutResult store_at_once(const std::string& key, Source& source, Overwrite overwrite);
    [[nodiscard]] HttpCall sending(const std::string& path, std::string_view doing, Source& source) const;
    [[nodiscard]] HttpAnswer send_making_folders(const HttpCall& call, const std::string& target);
    /// `digest`: of the value.
    [[nodiscard]] Moved move(const std::string& from, const std::string& key, Overwrite overwrite,
                             const hash::Digest& digest);
    void confirm(const std::string& path, std::string_view key, const hash::Digest& digest);
    void discard(const std::string& path) noexcept;
    void discard_stale() noexcept;

    HttpSession& session_;
    HttpFolders& folders_;
    Runtime runtime_;
    std::atomic<bool> can_move_ = true;
    std::atomic<bool> has_cleared_ = false;
};

}  // namespace mlo::remote

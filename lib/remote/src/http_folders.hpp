// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mlo/remote/remote.hpp>
#include <optional>
#include <string>
#include <vector>

#include "http_session.hpp"
#include "webdav.hpp"

namespace mlo::remote {

/// Whether a server speaks WebDAV at the remote's URL.
enum class Dav : std::uint8_t { unknown, yes, no };

/// Folders of a web server, as WebDAV shows and makes them. Thread-safe.
class HttpFolders {
public:
    HttpFolders(HttpSession& session, const Runtime& runtime) : session_{session}, runtime_{runtime} {}

    struct Content {
        std::vector<DavMember> members;   ///< in the order of their keys' bytes: a folder's name counts with its slash
        std::optional<Timestamp> server;  ///< by the clock of the server
    };
    /// What is in a folder ("index/", "" for the remote's own); nothing in one that is absent. Throws listing_refused
    /// where the server does not list, from then on without asking.
    [[nodiscard]] Content read(const std::string& folder);
    /// Makes the folders above `path`, up to the remote's own. True if one was made.
    bool make_above(const std::string& path);
    /// Whether the server speaks WebDAV; asks it if that is not known yet.
    [[nodiscard]] Dav find_out();
    [[nodiscard]] Dav known() const noexcept { return dav_; }

private:
    [[nodiscard]] HttpCall propfind(const std::string& folder, std::string_view depth) const;
    [[nodiscard]] Error refused(const HttpCall& call, const HttpAnswer& answer);
    bool make(const std::string& folder);

    HttpSession& session_;
    Runtime runtime_;
    std::atomic<Dav> dav_ = Dav::unknown;
};

}  // namespace mlo::remote

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>
#include <vector>

#include "folder.hpp"
#include "http.hpp"
#include "s3.hpp"
#include "sftp.hpp"

namespace mlo::remote {
namespace {

constexpr Scheme table[] = {
    {"file", "/mnt/share/data, ../data, file:///mnt/share/data",
     "A folder of this machine, or of a share that is mounted on it.", open_folder},
    {"https", "https://host/path, https://user@host:port/path",
     "A folder of a web server: read with plain HTTP, written with WebDAV or PUT.", open_http},
    {"http", "http://host/path", "The same without encryption.", open_http},
    {"s3", "s3://bucket/prefix, s3://bucket/prefix?endpoint=https://host:port",
     "A bucket of Amazon S3, or of a server that speaks its protocol.", open_s3},
    {"ssh", "ssh://user@host:port/path, user@host:path", "A folder of another machine, over ssh.", open_sftp},
};

}  // namespace

std::span<const Scheme> schemes() { return table; }

std::unique_ptr<Remote> open_remote(std::string_view url, const Surroundings& surroundings, const Runtime& runtime) {
    const auto parsed = parse_url(url);
    for (const auto& row : table) {
        if (row.name == parsed.scheme) return row.open(parsed, url, surroundings, runtime);
    }
    std::vector<std::string> known;
    for (const auto& row : table) known.emplace_back(row.name);
    Error error{errors::unknown_scheme, fmt::format("the URL {} has the unknown scheme {}",
                                                    quoted(without_secrets(url)), quoted(parsed.scheme))};
    error.note(fmt::format("known: {}", fmt::join(known, ", ")));
    if (const auto meant = closest_match(parsed.scheme, known)) error.hint(fmt::format("did you mean '{}'?", *meant));
    throw Error{std::move(error)};
}

}  // namespace mlo::remote

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/remote/remote.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::remote {

/// What a WebDAV server says of a member of a folder.
struct DavMember {
    std::string name;  ///< decoded: any bytes but a slash, not empty
    bool is_folder = false;
    std::optional<std::uint64_t> size_bytes;  ///< of a file, where the server tells it
    std::optional<Timestamp> modified;
};

/// The body of a PROPFIND request for what parse_multistatus reads.
[[nodiscard]] std::string_view propfind_body() noexcept;

/// The members of a folder, in the order of the answer to PROPFIND with Depth 1 (RFC 4918 section 9.1), the folder
/// itself left out. What is not directly in it, and what the server could not tell about, is left out too. `source` is
/// what messages call the answer. Throws bad_xml, and bad_answer for what is no multistatus.
[[nodiscard]] std::vector<DavMember> parse_multistatus(std::string_view xml, std::string_view source);

}  // namespace mlo::remote

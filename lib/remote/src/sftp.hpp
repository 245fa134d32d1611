// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>
#include <string_view>

namespace mlo::remote {

struct Surroundings;
struct Url;

/// A folder of another host, over ssh: the same layout as a folder of this machine. Throws bad_url, bad_ssh_target.
[[nodiscard]] std::unique_ptr<Remote> open_sftp(const Url& url, std::string_view text, const Surroundings& surroundings,
                                                const Runtime& runtime);

}  // namespace mlo::remote

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>
#include <mlo/remote/surroundings.hpp>
#include <span>

namespace mlo::remote {

struct Url;

/// A kind of place: one file, and one row in schemes.cpp.
struct Scheme {
    std::string_view name;     ///< lower case, as URLs spell it
    std::string_view example;  ///< how its URLs look
    std::string_view doc;      ///< one sentence
    /// `text` is the URL as written.
    std::unique_ptr<Remote> (*open)(const Url& url, std::string_view text, const Surroundings& surroundings,
                                    const Runtime& runtime);
};

/// Every scheme, in the order to show them in.
[[nodiscard]] std::span<const Scheme> schemes();

/// The remote at `url`. Nothing is looked at or connected to yet: this only checks the URL. Throws unknown_scheme,
/// bad_url, secret_in_url, foreign_host.
[[nodiscard]] std::unique_ptr<Remote> open_remote(std::string_view url, const Surroundings& surroundings,
                                                  const Runtime& runtime);

}  // namespace mlo::remote

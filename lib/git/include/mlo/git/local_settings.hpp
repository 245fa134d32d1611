// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/git/layout.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::git {

/// The settings of one repository alone, shared by its work trees (`git config --local`), written by the program git.
/// Every call may throw cannot_read without git, unsafe_owner, git_failed.
class LocalSettings {
public:
    LocalSettings(const Layout& repository, const Environment& environment);

    [[nodiscard]] std::optional<std::string> find(const std::string& key) const;
    /// Replaces the value, or values, that are there.
    void set(const std::string& key, const std::string& value);
    /// Removes a whole section ("merge.mlo"). False if there is none.
    bool remove_section(const std::string& name);

private:
    Layout layout_;
    Environment environment_;
    std::string program_;
};

}  // namespace mlo::git

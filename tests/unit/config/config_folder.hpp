// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <functional>
#include <mlo/config/config.hpp>
#include <mlo/util/runtime.hpp>
#include <temporary_folder.hpp>

namespace mlo::test {

/// A workspace in `w` with git's common folder in `w/.git`, a user's and a system's configuration beside it.
class ConfigFolder : public TemporaryFolder {
public:
    ConfigFolder() { std::filesystem::create_directories(path("w/.git")); }

    [[nodiscard]] config::Sources sources() const {
        return {.system_file = path("etc/mlo/config.yaml"),
                .user_file = path("home/.config/mlo/config.yaml"),
                .workspace_root = path("w"),
                .local_folder = path("w/.git/mlo"),
                .local_name = "config.yaml",
                .current_folder = path("w"),
                .variables = {},
                .flags = {},
                .user_id = ::geteuid()};
    }
    [[nodiscard]] config::Config config(std::vector<std::string> variables = {},
                                        std::vector<std::string> flags = {}) const {
        auto from = sources();
        from.variables = std::move(variables);
        from.flags = std::move(flags);
        return config::Config{real_fs(), silent_log(), std::move(from)};
    }

    void system(std::string_view text) const { write("etc/mlo/config.yaml", text); }
    void user(std::string_view text) const { write("home/.config/mlo/config.yaml", text); }
    void repository(std::string_view text) const { write("w/.mlo/config.yaml", text); }
    void local(std::string_view text) const {
        write("w/.git/mlo/config.yaml", text);
        std::filesystem::permissions(path("w/.git/mlo/config.yaml"), std::filesystem::perms{0600});
    }
};

/// The error that `action` throws; a test fails where it throws none.
inline Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    throw std::runtime_error{"no error was thrown"};
}

}  // namespace mlo::test

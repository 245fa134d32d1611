// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

/// A program to run: no shell is involved. `program` must be an absolute path (find_program).
struct ProcessRequest {
    std::string program;
    std::vector<std::string> arguments = {};       ///< without argv[0]
    std::string directory = {};                    ///< working folder; "" = the caller's
    std::vector<std::string> environment = {};     ///< complete, as KEY=VALUE
    std::string name = {};                         ///< argv[0]; "" = program
    std::string input = {};                        ///< standard input
    std::uint64_t output_limit_bytes = 64u << 20;  ///< more on both streams together throws too_large
    std::vector<int> kept_descriptors = {};        ///< stay open in it besides the three streams
};

struct ProcessResult {
    int exit_code = 0;  ///< 128 + n when ended by signal n
    std::string output;
    std::string error_output;
};

/// Runs a program to its end; what it leaves running in the background is not waited for. The program starts with
/// default signal dispositions and its three streams alone, and need not read its input. Throws child_failed if it
/// cannot be started; a non-zero exit is a value. Thread-safe.
[[nodiscard]] ProcessResult run_process(const ProcessRequest& request);

/// The absolute path of an executable in `search_path` (the form of PATH; empty and relative entries are ignored), if
/// any.
[[nodiscard]] std::optional<std::string> find_program(std::string_view name, std::string_view search_path);

}  // namespace mlo

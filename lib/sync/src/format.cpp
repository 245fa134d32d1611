// SPDX-License-Identifier: Apache-2.0
#include <mlo/sync/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <mlo/remote/transfer.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::sync {

bool has_format(remote::Remote& remote) {
    // Asked for before it is read: a place that the first push will make has nothing to read from.
    return remote.stat(remote::Key{"format"}) && read_format(remote);
}

bool read_format(remote::Remote& remote) {
    constexpr std::uint64_t limit_bytes = 64;
    const auto bytes = remote::find_bytes(remote, remote::Key{"format"}, limit_bytes);
    if (!bytes) return false;
    const auto text = as_text(*bytes);
    constexpr std::string_view prefix = "mlo remote ";
    unsigned version = 0;
    const auto number = text.substr(std::min(prefix.size(), text.size()));
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), version);
    if (!text.starts_with(prefix) || parsed.ec != std::errc{} || version == 0)
        throw Error{errors::not_a_remote, fmt::format("{} holds something else than data of mlo: its 'format' is {}",
                                                      quoted(remote.shown()), quoted(text))};
    if (version > 1)
        throw Error{errors::remote_newer,
                    fmt::format("{} has format {}, this mlo knows format 1", quoted(remote.shown()), version)};
    return true;
}

remote::CheckReport check(remote::Remote& remote, const Runtime& runtime) {
    remote::CheckReport report;
    remote::CheckStep step{.name = "format", .what = "ask what is there", .took = {}, .failure = {}};
    const auto start = runtime.clock.elapsed();
    try {
        static_cast<void>(has_format(remote));
    } catch (const Error& error) {
        step.failure = error;
    }
    step.took = runtime.clock.elapsed() - start;
    report.steps.push_back(std::move(step));
    if (report.is_sound())
        for (auto& tried : remote::check_remote(remote, runtime).steps) report.steps.push_back(std::move(tried));
    return report;
}

}  // namespace mlo::sync

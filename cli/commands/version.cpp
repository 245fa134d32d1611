// SPDX-License-Identifier: Apache-2.0
#include "version.hpp"

#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>

#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

std::string dotted(unsigned number) {
    return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}

int run(Context& ctx, const NoOptions&) {
    auto& out = ctx.out();
    const bool shows_all = out.verbosity() >= Verbosity::verbose;
    const auto fmt_version = dotted(FMT_VERSION);
#ifdef __clang__
    constexpr std::string_view compiler = "clang " __clang_version__;
#else
    constexpr std::string_view compiler = "gcc " __VERSION__;
#endif
    if (out.is_json()) {
        out.document("mlo/version-v1", [&](json::Writer& json) {
            json.key("version").string(version_number);
            json.key("build").begin_object();
            json.key("compiler").string(compiler);
            json.key("type").string(MLO_BUILD_TYPE);
            json.end_object();
        });
        return exit_ok;
    }
    out.line("mlo {}", version_number);
    if (!shows_all) return exit_ok;
    out.line("compiler  {}", compiler);
    out.line("build     {}", MLO_BUILD_TYPE);
    out.line("fmt       {}", fmt_version);
    return exit_ok;
}

constexpr Example examples[] = {{"mlo version", "the version"},
                                {"mlo version --verbose", "also the compiler and every library, as it is loaded"}};

}  // namespace

extern const Command version_command{.words = "version",
                                     .group = Group::start,
                                     .summary = "print the version of mlo and of what it is made of",
                                     .bind = command_main<NoOptions, declare_nothing, run>,
                                     .json_schema = "mlo/version-v1",
                                     .examples = examples};

}  // namespace mlo::cli

// SPDX-License-Identifier: Apache-2.0
#include "version.hpp"

#include <fmt/format.h>

#include <mlo/db/database.hpp>
#include <mlo/git/repository.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/net/http.hpp>
#include <mlo/net/ssh.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/toml/parse.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/yaml/parse.hpp>

#include "command.hpp"
#include "context.hpp"

namespace mlo::cli {

namespace {

struct Library {
    std::string_view name;
    std::string version;
};

/// Each as it is loaded or found now, or as it was compiled in.
std::vector<Library> libraries(Context& ctx) {
    return {{"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
            {"libcurl", net::libcurl_version().value_or("not installed")},
            {"libgit2", git::library_version()},
            {"nlohmann-json", std::string{json::library_version()}},
            {"openssl", hash::openssl_version()},
            {"sqlite", std::string{db::sqlite_version()}},
            {"ssh", net::ssh_version(ctx.environment().entries()).value_or("not installed")},
            {"toml++", toml::library_version()},
            {"xxhash", hash::xxhash_version()},
            {"yaml-cpp", std::string{yaml::library_version()}},
            {"zstd", std::string{store::zstd_version()}}};
}

constexpr std::string_view compiler =
#ifdef __clang__
    "clang " __clang_version__;
#else
    "gcc " __VERSION__;
#endif

int run(Context& ctx, const NoOptions&) {
    auto& out = ctx.out();
    if (out.is_json()) {
        out.document("mlo/version-v1", [&](json::Writer& json) {
            json.key("version").string(version_number);
            json.key("build").begin_object();
            json.key("compiler").string(compiler);
            json.key("type").string(MLO_BUILD_TYPE);
            json.end_object();
            json.key("libraries").begin_object();
            for (const auto& [name, version] : libraries(ctx)) json.key(name).string(version);
            json.end_object();
        });
        return exit_ok;
    }
    out.line("mlo {}", version_number);
    if (out.verbosity() < Verbosity::verbose) return exit_ok;
    Table table{.columns = {{""}, {""}}, .rows = {{"compiler", std::string{compiler}}, {"build", MLO_BUILD_TYPE}}};
    for (const auto& [name, version] : libraries(ctx)) table.rows.push_back({std::string{name}, version});
    out.table(table);
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

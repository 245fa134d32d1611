// SPDX-License-Identifier: Apache-2.0
#include "profiles.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <mlo/json/canonical.hpp>
#include <mlo/profile/archive.hpp>
#include <mlo/profile/document.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

constexpr std::uint64_t largest_profile = std::uint64_t{256} << 20u;
/// Of files that do not start like this no more is read.
constexpr std::string_view start_of_profile = "{\"columns\":[";

/// All that decides what a table's profile says, besides the table.
std::string reading_of(const table::Source& source, std::uint64_t seed) {
    json::CanonicalWriter json;
    json.begin_object();
    json.key("profile").integer(1);
    json.key("seed").unsigned_integer(seed);
    json.key("format").string(to_string(source.format));
    json.key("delimiter").string(source.csv.delimiter ? std::string(1, *source.csv.delimiter) : "");
    json.key("quote").string(source.csv.quote ? fmt::format("{}", int{*source.csv.quote}) : "");
    json.key("header").integer(static_cast<int>(source.csv.header));
    json.key("encoding").string(source.csv.encoding);
    json.key("joining").integer(static_cast<int>(source.joining));
    json.key("table").string(source.sqlite_table);
    json.key("sample_rows").unsigned_integer(source.sample_rows);
    json.key("types").begin_object();
    for (const auto& [name, column] : source.types.columns) {
        const auto& form = column.form;
        json.key(name).begin_array();
        json.string(to_string(form.type)).string(form.format).string(std::string(1, form.decimal_point));
        json.integer(form.thousands).boolean(form.is_wide);
        for (const auto& null : form.nulls) json.string(null);
        json.end_array();
    }
    json.end_object();
    json.end_object();
    return json.take();
}

}  // namespace

std::optional<profile::Profile> read_profile(Context& ctx, const std::string& name) {
    const auto full = path::absolute(name, ctx.cwd());
    struct stat status {};
    if (::lstat(full.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    const auto folder = ctx.runtime().fs.open_root(std::string{path::parent(full)});
    const auto file_name = std::string{path::name(full)};
    std::string start(start_of_profile.size(), '\0');
    const auto size = folder->open(file_name)->read(std::as_writable_bytes(std::span{start}), 0);
    if (std::string_view{start}.substr(0, size) != start_of_profile) return std::nullopt;
    if (static_cast<std::uint64_t>(status.st_size) > largest_profile) return std::nullopt;
    const auto text = read_file(*folder, file_name, largest_profile);
    if (!profile::looks_like_profile(text)) return std::nullopt;
    return profile::decode(text, name);
}

NamedProfile profile_of(Context& ctx, std::span<const std::string> names, const TableOptions& o,
                        const profile::BuildOptions& build) {
    NamedProfile result;
    if (names.size() == 1) {
        if (auto stored = read_profile(ctx, names[0])) {
            result.profile = std::move(*stored);
            result.shown = names[0];
            return result;
        }
    }
    auto source = table_source(ctx, "t", names, o);
    result.shown = source.shown;
    if (names.size() == 1) result.data = version_id(ctx, names[0]);
    const auto reading = reading_of(source, build.seed);
    std::optional<Tracking> tracking;
    std::optional<profile::Archive> archive;
    if (result.data && build.frame == nullptr) {
        tracking.emplace(ctx);
        archive.emplace(ctx.workspace().store(), tracking->ledger());
        if (auto known = archive->find(*result.data, reading)) {
            result.profile = std::move(known->profile);
            result.stored_as = known->id;
            return result;
        }
    }
    std::vector<table::Source> sources;
    sources.push_back(std::move(source));
    auto session = open_tables(ctx, std::move(sources), o);
    auto runtime = ctx.runtime();
    runtime.jobs = ctx.jobs(o.jobs);
    result.profile = profile::build(session, 0, build, runtime);
    result.was_made = true;
    if (archive) result.stored_as = archive->put(result.profile, *result.data, reading, ctx.clone_id());
    return result;
}

void write_profile(Context& ctx, const std::string& file, const profile::Profile& profile) {
    const auto full = path::absolute(file, ctx.cwd());
    const auto folder = ctx.runtime().fs.open_root(std::string{path::parent(full)});
    AtomicFile made{*folder, std::string{path::name(full)}, 0666, ctx.runtime().random};
    made.write(profile::encode(profile) + "\n");
    made.commit(Replace::yes);
}

}  // namespace mlo::cli

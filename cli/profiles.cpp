// SPDX-License-Identifier: Apache-2.0
#include "profiles.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <mlo/json/canonical.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/profile/archive.hpp>
#include <mlo/profile/build.hpp>
#include <mlo/profile/document.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "errors.hpp"
#include "files.hpp"
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

/// One that is asked for, on its way.
struct Pending {
    NamedProfile result;
    std::optional<table::Source> source;  ///< nothing: there is no table
    bool is_known = false;                ///< its profile is there: no need to read the table
    std::string reading;                  ///< under which the store keeps it; empty: it does not
    std::size_t table = 0;                ///< among those of the session
};

/// What the store, or a file, has of profiles.
class KnownProfiles {
public:
    explicit KnownProfiles(Context& ctx) : ctx_{ctx} {}

    /// Fills in what is wanted, or how to read it.
    [[nodiscard]] Pending find(const WantedProfile& wanted, const TableOptions& o) {
        Pending pending;
        auto& result = pending.result;
        if (wanted.names.size() == 1) {
            if (auto stored = read_profile(ctx_, wanted.names[0], o)) {
                if (wanted.window)
                    throw Error{errors::bad_value, fmt::format("{} is a profile: no rows of a span of time can be told "
                                                               "from it",
                                                               quoted(wanted.names[0]))}
                        .hint("name the table that it was made of, or leave the window out");
                result.profile = std::move(*stored);
                result.shown = wanted.names[0];
                return pending;
            }
        }
        pending.source = table_source(ctx_, "t", wanted.names, o);
        result.shown = pending.source->shown;
        if (wanted.names.size() == 1) result.data = version_id(ctx_, wanted.names[0], o);
        pending.source->window = wanted.window;
        if (!result.data || wanted.frame != nullptr || wanted.framed_by || wanted.window) return pending;
        pending.reading = reading_of(*pending.source, wanted.seed);
        if (!open()) return pending;
        if (auto known = archive_->find(*result.data, pending.reading)) {
            result.profile = std::move(known->profile);
            result.stored_as = known->id;
            pending.is_known = true;
        }
        return pending;
    }
    /// Keeps what was made, where the store can be written.
    void keep(Pending& pending) {
        if (pending.reading.empty() || access_ == db::Access::read || !open()) return;
        auto& result = pending.result;
        result.stored_as = archive_->put(result.profile, *result.data, pending.reading, ctx_.clone_id());
    }

private:
    /// Whether there is a ledger to ask.
    [[nodiscard]] bool open() {
        if (archive_) return true;
        auto& workspace = ctx_.workspace();
        access_ = possible_access(ctx_);
        try {
            ledger_.emplace(workspace.layout().store_dir, access_, workspace.runtime());
        } catch (const Error& e) {
            // Nothing was ever kept, and nothing can be.
            if (e.kind() != ErrorKind::not_found) throw;
            return false;
        }
        archive_.emplace(workspace.store(), *ledger_);
        return true;
    }

    Context& ctx_;
    db::Access access_ = db::Access::write;
    std::optional<ledger::Ledger> ledger_;
    std::optional<profile::Archive> archive_;
};

/// Opens all tables that have to be read, and gives each its place.
table::Session open_pending(Context& ctx, std::vector<Pending>& all, std::span<const WantedProfile> wanted,
                            const TableOptions& o) {
    std::vector<table::Source> sources;
    const auto keep_texts = [](const profile::Profile& frame, table::Source& source) {
        for (const auto& column : frame.columns)
            if (column.type == table::Type::text) source.texts.insert(column.name);
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& source = all[i].source;
        if (!source || all[i].is_known) continue;
        all[i].table = sources.size();
        source->name = fmt::format("t{}", sources.size());
        if (wanted[i].frame != nullptr) keep_texts(*wanted[i].frame, *source);
        if (const auto by = wanted[i].framed_by) {
            if (all[*by].source && !all[*by].is_known)
                source->texts_of = all[*by].table;
            else
                keep_texts(all[*by].result.profile, *source);
        }
        sources.push_back(*source);
    }
    return open_tables(ctx, std::move(sources), o);
}

}  // namespace

std::optional<profile::Profile> read_profile(Context& ctx, const std::string& name, const TableOptions& o) {
    const auto full = place_of(ctx, o, name);
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

ReadProfiles read_profiles(Context& ctx, std::span<const WantedProfile> wanted, const TableOptions& o) {
    KnownProfiles known{ctx};
    std::vector<Pending> all;
    for (const auto& each : wanted) all.push_back(known.find(each, o));
    auto runtime = ctx.runtime();
    runtime.jobs = ctx.jobs(o.jobs);
    ReadProfiles results{{}, OpenTables{ctx, o}};
    auto& session = results.tables.session_;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].source || all[i].is_known) continue;
        if (session == nullptr) session = std::make_unique<table::Session>(open_pending(ctx, all, wanted, o));
        profile::BuildOptions build{.frame = wanted[i].frame, .seed = wanted[i].seed};
        if (wanted[i].framed_by) build.frame = &all[*wanted[i].framed_by].result.profile;
        if (build.frame != nullptr) build.seed = build.frame->seed;
        all[i].result.profile = profile::build(*session, all[i].table, build, runtime);
        all[i].result.was_made = true;
        known.keep(all[i]);
    }
    for (auto& each : all) {
        const bool is_open = each.source && !each.is_known;
        results.tables.entries_.push_back(
            {std::move(each.source), is_open ? std::optional{each.table} : std::nullopt, nullptr});
        results.profiles.push_back(std::move(each.result));
    }
    return results;
}

std::optional<OpenTables::Place> OpenTables::find(std::size_t index) {
    auto& [source, table, own] = entries_[index];
    if (!source) return std::nullopt;
    if (table) return Place{own != nullptr ? own.get() : session_.get(), *table};
    own = std::make_unique<table::Session>(open_tables(ctx_, {*source}, options_));
    table = 0;
    return Place{own.get(), 0};
}

std::vector<NamedProfile> profiles_of(Context& ctx, std::span<const WantedProfile> wanted, const TableOptions& o) {
    return read_profiles(ctx, wanted, o).profiles;
}

NamedProfile profile_of(Context& ctx, const WantedProfile& wanted, const TableOptions& o) {
    return std::move(profiles_of(ctx, {&wanted, 1}, o).front());
}

void write_profile(Context& ctx, const std::string& file, const profile::Profile& profile) {
    write_file(ctx, file, profile::encode(profile) + "\n");
}

}  // namespace mlo::cli

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/profile/diff.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "profiles.hpp"
#include "table_output.hpp"

namespace mlo::cli {

namespace {

struct ProfileDiffOptions {
    bool exit_code = false;
    TableOptions reading;
    std::string before;
    std::string after;
};

void declare(Args& args, ProfileDiffOptions& o) {
    args.flag("--exit-code", o.exit_code, "end with exit code 3 if something differs");
    declare_tables(args, o.reading);
    args.positional("before", o.before, "a profile, a file of a table, or DATA@REV[:PATH]")
        .completing(Completes::path)
        .required();
    args.positional("after", o.after, "what to compare it with").completing(Completes::path).required();
}

std::string_view word_of(profile::ColumnChange::Kind kind) {
    using Kind = profile::ColumnChange::Kind;
    switch (kind) {
        case Kind::added:
            return "added";
        case Kind::removed:
            return "removed";
        case Kind::retyped:
            return "retyped";
        case Kind::changed:
            break;
    }
    return "changed";
}

void write(Output& out, const profile::Difference& difference) {
    out.document("mlo/profile-diff-v1", [&](json::Writer& json) {
        json.key("rows").begin_object().key("before").unsigned_integer(difference.rows_before);
        json.key("after").unsigned_integer(difference.rows_after).end_object();
        json.key("columns").begin_array();
        for (const auto& column : difference.columns) {
            json.begin_object().key("name").string(column.name).key("change").string(word_of(column.kind));
            json.key("changes").begin_array();
            for (const auto& change : column.changes)
                json.begin_object()
                    .key("what")
                    .string(change.what)
                    .key("before")
                    .string(change.before)
                    .key("after")
                    .string(change.after)
                    .end_object();
            json.end_array().end_object();
            out.drain();
        }
        json.end_array();
    });
}

void show(Output& out, const profile::Difference& difference) {
    Table table;
    table.columns = {{"Column", Table::Align::left},
                     {"What", Table::Align::left},
                     {"Before", Table::Align::left},
                     {"After", Table::Align::left}};
    if (difference.rows_before != difference.rows_after)
        table.rows.push_back({"", "rows", format_count(difference.rows_before), format_count(difference.rows_after)});
    for (const auto& column : difference.columns) {
        const auto shown_as = column.kind == profile::ColumnChange::Kind::added     ? "column added"
                              : column.kind == profile::ColumnChange::Kind::removed ? "column removed"
                                                                                    : "";
        auto name = visible(column.name);
        for (const auto& change : column.changes) {
            table.rows.push_back({std::exchange(name, ""), *shown_as != '\0' ? shown_as : change.what,
                                  visible(change.before), visible(change.after)});
        }
    }
    out.table(table);
}

int run(Context& ctx, const ProfileDiffOptions& o) {
    const WantedProfile wanted[] = {{.names = {&o.before, 1}}, {.names = {&o.after, 1}}};
    const auto profiles = profiles_of(ctx, wanted, o.reading);
    const auto difference = profile::diff(profiles[0].profile, profiles[1].profile);
    if (ctx.out().is_json())
        write(ctx.out(), difference);
    else
        show(ctx.out(), difference);
    ctx.out().flush();
    return o.exit_code && !difference.empty() ? exit_negative : exit_ok;
}

constexpr Example examples[] = {{"mlo profile diff data@HEAD data", "since the last commit"},
                                {"mlo profile diff ref.profile today.csv --exit-code", "for a script"}};
constexpr ExitMeaning exits[] = {{exit_negative, "something differs (only with --exit-code)"}};

}  // namespace

extern const Command profile_diff_command{.words = "profile diff",
                                          .group = Group::quality,
                                          .summary = "show what differs between the profiles of two tables",
                                          .bind = command_main<ProfileDiffOptions, declare, run>,
                                          .json_schema = "mlo/profile-diff-v1",
                                          .examples = examples,
                                          .exits = exits};

}  // namespace mlo::cli

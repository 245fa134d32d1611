// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "profile_output.hpp"
#include "profiles.hpp"

namespace mlo::cli {

namespace {

struct ProfileOptions {
    std::string output;
    std::string page;
    std::string bins_of;
    std::uint64_t seed = 0;
    TableOptions reading;
    std::vector<std::string> files;
};

void declare(Args& args, ProfileOptions& o) {
    args.option("-o,--output", o.output, "write the profile to a file, to compare with and to merge")
        .value("FILE")
        .completing(Completes::path);
    args.option("--report", o.page, "write a page that shows it in a browser")
        .value("FILE.html")
        .completing(Completes::path);
    args.option("--bins-of", o.bins_of, "count in the bins and categories of this profile, so that counts compare")
        .value("PROFILE")
        .completing(Completes::path);
    args.option("--seed", o.seed, "decides the sample that is kept [default: 0]");
    declare_tables(args, o.reading, TableHelp::names);
    args.positional("data", o.files,
                    "files, folders or patterns that make up one table, a profile, -, or DATA@REV[:PATH]")
        .completing(Completes::path)
        .required();
}

int run(Context& ctx, const ProfileOptions& o) {
    std::optional<profile::Profile> frame;
    if (!o.bins_of.empty()) {
        frame = read_profile(ctx, o.bins_of);
        if (!frame)
            throw Error{errors::bad_value, fmt::format("--bins-of takes a profile, and {} is none", quoted(o.bins_of))}
                .hint(fmt::format("mlo profile {} -o FILE", quoted(o.bins_of)));
    }
    const auto named =
        profile_of(ctx, {.names = o.files, .seed = o.seed, .frame = frame ? &*frame : nullptr}, o.reading);
    auto& out = ctx.out();
    if (!o.output.empty()) write_profile(ctx, o.output, named.profile);
    if (!o.page.empty()) write_profile_page(ctx, o.page, named);
    if (out.is_json())
        write_profile_summary(out, named);
    else
        show_profile(out, named);
    out.flush();
    if (!o.output.empty()) out.message(fmt::format("wrote the profile to {}", quoted(o.output)));
    if (!o.page.empty()) out.message(fmt::format("wrote the page to {}", quoted(o.page)));
    if (named.stored_as && named.was_made) out.message(fmt::format("stored as {}", named.stored_as->to_string()));
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo profile data.csv", "what each column holds"},
    {"mlo profile train@v1.2:part.parquet", "of a version: made once, then kept in the store"},
    {"mlo profile 'day=*/*.parquet' -o all.profile --report all.html", "a file to compare with, and a page"}};

}  // namespace

extern const Command profile_command{.words = "profile",
                                     .group = Group::quality,
                                     .summary = "summarise a table: types, missing values, distributions",
                                     .bind = command_main<ProfileOptions, declare, run>,
                                     .json_schema = "mlo/profile-summary-v1",
                                     .examples = examples};

}  // namespace mlo::cli

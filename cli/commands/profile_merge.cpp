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

struct ProfileMergeOptions {
    std::string output;
    std::vector<std::string> files;
};

void declare(Args& args, ProfileMergeOptions& o) {
    args.option("-o,--output", o.output, "the file to write").value("FILE").completing(Completes::path).required();
    args.positional("profile", o.files, "profiles of parts of one table").completing(Completes::path).required();
}

profile::Profile required_profile(Context& ctx, const std::string& file) {
    if (auto found = read_profile(ctx, file)) return std::move(*found);
    throw Error{errors::bad_value, fmt::format("{} is no profile", quoted(file))}.hint(
        fmt::format("mlo profile {} -o FILE", quoted(file)));
}

int run(Context& ctx, const ProfileMergeOptions& o) {
    NamedProfile whole;
    whole.profile = required_profile(ctx, o.files[0]);
    whole.shown = o.output;
    for (std::size_t i = 1; i < o.files.size(); ++i) {
        try {
            profile::merge(whole.profile, required_profile(ctx, o.files[i]));
        } catch (Error& error) {
            error.at(o.files[i]);
            throw;
        }
    }
    write_profile(ctx, o.output, whole.profile);
    if (ctx.out().is_json())
        write_profile_summary(ctx.out(), whole);
    else
        show_profile(ctx.out(), whole);
    return exit_ok;
}

constexpr Example examples[] = {{"mlo profile merge mon.profile tue.profile -o week.profile", "of days, of the week"}};

}  // namespace

extern const Command profile_merge_command{.words = "profile merge",
                                           .group = Group::quality,
                                           .summary = "make the profile of a table of those of its parts",
                                           .bind = command_main<ProfileMergeOptions, declare, run>,
                                           .json_schema = "mlo/profile-summary-v1",
                                           .examples = examples};

}  // namespace mlo::cli

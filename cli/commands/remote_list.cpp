// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

int run(Context& ctx, const NoOptions&) {
    const auto remotes = configured_remotes(ctx.config());
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/remote-list-v1", [&](json::Writer& json) {
            json.key("remotes").begin_array();
            for (const auto& each : remotes) {
                json.begin_object();
                json.key("name").string(each.name);
                json.key("url").string(each.shown);
                json.key("default").boolean(each.is_default);
                json.key("approved").boolean(each.is_approved);
                json.key("layer").string(to_string(each.layer));
                json::write_path(json, "place", each.place);
                json.end_object();
            }
            json.end_array();
        });
        return exit_ok;
    }
    Table table{.columns = {{"NAME"}, {"URL"}, {"FROM"}, {""}}, .rows = {}};
    bool all_approved = true;
    for (const auto& each : remotes) {
        std::string remarks = each.is_default ? "default" : "";
        if (!each.is_approved) remarks += remarks.empty() ? "read only" : ", read only";
        all_approved = all_approved && each.is_approved;
        table.rows.push_back({each.name, each.shown, std::string{to_string(each.layer)}, std::move(remarks)});
    }
    ctx.out().table(table);
    if (remotes.empty()) {
        ctx.out().message("no remote yet");
        ctx.out().hint("mlo remote add NAME URL");
    } else if (!all_approved) {
        ctx.out().message("read only: this clone has not approved the URL");
        ctx.out().hint("mlo remote trust NAME");
    }
    return exit_ok;
}

constexpr Example examples[] = {{"mlo remote list", "the remotes and where they are"}};

}  // namespace

extern const Command remote_list_command{.words = "remote list",
                                         .group = Group::sync,
                                         .summary = "list the remotes",
                                         .bind = command_main<NoOptions, declare_nothing, run>,
                                         .json_schema = "mlo/remote-list-v1",
                                         .examples = examples};

}  // namespace mlo::cli

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

using config::Layer;

struct RemoteRenameOptions {
    std::string from;
    std::string to;
};

void declare(Args& args, RemoteRenameOptions& o) {
    args.positional("old", o.from, "the remote").required().completing(Completes::remote);
    args.positional("new", o.to, "what to call it").required();
}

/// Moves the value of one key to another; false if the layer does not have it. The new one is written first: killed in
/// between, both are there.
bool move(Context& ctx, Layer layer, const std::string& from, const std::string& to) {
    auto& config = ctx.config();
    const auto value = value_in(config, layer, from);
    if (!value) return false;
    config.set(layer, to, *value, ctx.runtime().random);
    config.unset(layer, from, ctx.runtime().random);
    return true;
}

int run(Context& ctx, const RemoteRenameOptions& o) {
    check_remote_name(o.to);
    auto& config = ctx.config();
    const auto remote = get_remote(config, o.from);
    const auto remotes = configured_remotes(config);
    if (std::any_of(remotes.begin(), remotes.end(), [&](const auto& each) { return each.name == o.to; })) {
        throw Error{remote::errors::name_taken, fmt::format("the remote {} is there already", quoted(o.to))}.hint(
            fmt::format("mlo remote remove {}", o.to));
    }
    move(ctx, Layer::local, approval_key(o.from), approval_key(o.to));
    bool was_committed = false;
    bool was_moved = false;
    for (const auto layer : {Layer::repository, Layer::local}) {
        const bool is_moved = move(ctx, layer, url_key(o.from), url_key(o.to));
        was_moved = was_moved || is_moved;
        const bool was_default = value_in(config, layer, default_remote_key) == o.from;
        if (was_default) config.set(layer, default_remote_key, o.to, ctx.runtime().random);
        was_committed = was_committed || (layer == Layer::repository && (is_moved || was_default));
    }
    if (!was_moved) {
        throw Error{remote::errors::unknown_remote, fmt::format("the remote {} stands in the {} configuration",
                                                                quoted(o.from), to_string(remote.layer))}
            .at(remote.place)
            .hint(fmt::format("mlo config --{} {} URL", to_string(remote.layer), url_key(o.to)));
    }
    ctx.out().message(fmt::format("remote {} is now {}", o.from, o.to));
    if (was_committed) hint_commit(ctx);
    return exit_ok;
}

constexpr Example examples[] = {{"mlo remote rename origin share", "call it otherwise"}};

}  // namespace

extern const Command remote_rename_command{.words = "remote rename",
                                           .group = Group::sync,
                                           .summary = "give a remote another name",
                                           .bind = command_main<RemoteRenameOptions, declare, run>,
                                           .examples = examples};

}  // namespace mlo::cli

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/remote/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

using config::Layer;

struct RemoteRemoveOptions {
    std::string name;
    bool is_local = false;
};

void declare(Args& args, RemoteRemoveOptions& o) {
    args.positional("name", o.name, "the remote").required().completing(Completes::remote);
    args.flag("--local", o.is_local, "only what this clone's own configuration says of it");
}

/// Removes it from one layer; false if that did not have it.
bool remove_from(Context& ctx, Layer layer, const std::string& name) {
    auto& config = ctx.config();
    auto& random = ctx.runtime().random;
    if (value_in(config, layer, default_remote_key) == name) config.unset(layer, default_remote_key, random);
    if (!config.unset(layer, url_key(name), random)) return false;
    ctx.out().message(fmt::format("remote {} removed from {}", name, printable(config.file_of(layer))));
    return true;
}

int run(Context& ctx, const RemoteRemoveOptions& o) {
    auto& config = ctx.config();
    const auto remote = get_remote(config, o.name);
    const bool was_committed = !o.is_local && remove_from(ctx, Layer::repository, o.name);
    const bool was_local = remove_from(ctx, Layer::local, o.name);
    if (!was_committed && !was_local) {
        throw Error{remote::errors::unknown_remote, fmt::format("the remote {} stands in the {} configuration",
                                                                quoted(o.name), to_string(remote.layer))}
            .at(remote.place)
            .hint(remote.layer == Layer::repository
                      ? fmt::format("mlo remote remove {}", o.name)
                      : fmt::format("mlo config --{} --unset {}", to_string(remote.layer), url_key(o.name)));
    }
    const auto left = value_in(config, Layer::repository, url_key(o.name));
    if (!left) config.unset(Layer::local, approval_key(o.name), ctx.runtime().random);
    ctx.out().message("what was pushed to it stays there");
    if (left && !get_remote(config, o.name).is_approved) {
        ctx.out().message(fmt::format("in force now is what is committed, {}, which this clone has not approved",
                                      get_remote(config, o.name).shown));
        ctx.out().hint(fmt::format("mlo remote trust {}", o.name));
    }
    if (was_committed) hint_commit(ctx);
    return exit_ok;
}

constexpr Example examples[] = {{"mlo remote remove backup", "forget a remote; its content stays"}};

}  // namespace

extern const Command remote_remove_command{.words = "remote remove",
                                           .group = Group::sync,
                                           .summary = "forget a remote, leaving what it holds",
                                           .bind = command_main<RemoteRemoveOptions, declare, run>,
                                           .examples = examples};

}  // namespace mlo::cli

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

using config::Layer;

struct RemoteTrustOptions {
    std::string name;
    bool revoke = false;
};

void declare(Args& args, RemoteTrustOptions& o) {
    args.positional("name", o.name, "the remote").required().completing(Completes::remote);
    args.flag("--revoke", o.revoke, "take the approval back: the remote is only read from now on");
}

int run(Context& ctx, const RemoteTrustOptions& o) {
    auto& config = ctx.config();
    const auto remote = get_remote(config, o.name);
    const auto key = approval_key(remote.name);
    if (o.revoke) {
        const bool was_approved = config.unset(Layer::local, key, ctx.runtime().random);
        ctx.out().message(was_approved ? fmt::format("remote {} is only read from now on", remote.name)
                                       : fmt::format("nothing to do: remote {} was not approved", remote.name));
        if (get_remote(config, o.name).is_approved) {
            ctx.out().warning(fmt::format("still approved: the URL is your own setting, {}", printable(remote.place)));
        }
        return exit_ok;
    }
    if (remote.is_approved) {
        ctx.out().message(fmt::format("nothing to do: remote {} = {} is approved", remote.name, remote.shown));
        return exit_ok;
    }
    // A URL that cannot be opened is not worth an approval.
    const OpenedRemote opened{ctx, remote};
    config.set(Layer::local, key, remote.url, ctx.runtime().random);
    ctx.out().message(fmt::format("remote {} = {} approved for this clone", remote.name, remote.shown));
    ctx.out().hint(fmt::format("mlo remote check {}", remote.name));
    return exit_ok;
}

constexpr Example examples[] = {{"mlo remote trust origin", "allow this clone to write to it"},
                                {"mlo remote trust --revoke origin", "only read it from now on"}};

}  // namespace

extern const Command remote_trust_command{.words = "remote trust",
                                          .group = Group::sync,
                                          .summary = "approve the URL that a repository brings for a remote",
                                          .bind = command_main<RemoteTrustOptions, declare, run>,
                                          .examples = examples};

}  // namespace mlo::cli

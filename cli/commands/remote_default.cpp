// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

using config::Layer;

struct RemoteDefaultOptions {
    std::optional<std::string> name;
    bool is_local = false;
    bool unset = false;
};

void declare(Args& args, RemoteDefaultOptions& o) {
    args.positional("name", o.name, "make this the default; without one, print the default")
        .completing(Completes::remote);
    args.flag("--local", o.is_local, "for this clone alone");
    args.flag("--unset", o.unset, "have no default");
}

int show(Context& ctx) {
    const auto remote = get_remote(ctx.config(), std::nullopt);
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/remote-default-v1", [&](json::Writer& json) { json.key("name").string(remote.name); });
    } else {
        ctx.out().line(remote.name);
    }
    return exit_ok;
}

int run(Context& ctx, const RemoteDefaultOptions& o) {
    if (o.unset && o.name) throw Error{errors::conflicting_options, "'--unset' takes no name"};
    if (!o.unset && !o.name) {
        if (o.is_local) throw Error{errors::conflicting_options, "'--local' belongs to a name or to '--unset'"};
        return show(ctx);
    }
    auto& config = ctx.config();
    const auto layer = o.is_local ? Layer::local : Layer::repository;
    const auto file = printable(config.file_of(layer));
    if (o.unset) {
        const bool was_set = config.unset(layer, default_remote_key, ctx.runtime().random);
        ctx.out().message(was_set ? fmt::format("no default remote in {} any more", file)
                                  : fmt::format("nothing to do: {} names no default remote", file));
        if (was_set && !o.is_local) hint_commit(ctx);
        return exit_ok;
    }
    const auto remote = get_remote(config, o.name);
    config.set(layer, default_remote_key, remote.name, ctx.runtime().random);
    ctx.out().message(fmt::format("default remote = {} in {}", remote.name, file));
    if (const auto effective = config.find(default_remote_key); effective && effective->layer != layer) {
        ctx.out().warning(
            fmt::format("not in force here: {} says {}", printable(effective->place), quoted(effective->value)));
    }
    if (!o.is_local) hint_commit(ctx);
    return exit_ok;
}

constexpr Example examples[] = {{"mlo remote default origin", "use it when none is named"},
                                {"mlo remote default", "print the one that is used"}};

}  // namespace

extern const Command remote_default_command{.words = "remote default",
                                            .group = Group::sync,
                                            .summary = "choose the remote that is used when none is named",
                                            .bind = command_main<RemoteDefaultOptions, declare, run>,
                                            .json_schema = "mlo/remote-default-v1",
                                            .examples = examples};

}  // namespace mlo::cli

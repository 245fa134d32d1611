// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/remote/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

using config::Layer;

struct RemoteAddOptions {
    std::string name;
    std::string url;
    bool is_default = false;
    bool is_local = false;
};

void declare(Args& args, RemoteAddOptions& o) {
    args.positional("name", o.name, "what to call the remote").required();
    args.positional("url", o.url, "a folder, or a URL").required().completing(Completes::directory);
    args.flag("-d,--default", o.is_default, "make it the remote that commands use when none is named");
    args.flag("--local", o.is_local, "for this clone alone, instead of for everybody who clones the project");
}

/// The URL as the configuration holds it: a path that was typed relative to the current folder becomes relative to the
/// root of the workspace.
std::string stored_url(Context& ctx, const std::string& typed) {
    const auto url = remote::parse_url(typed);
    if (!url.is_path || typed.starts_with('/')) return typed;
    const auto relative = path::relative(path::absolute(typed, ctx.cwd()), ctx.workspace_root());
    // So that it is never taken for a URL.
    return relative.starts_with('.') ? relative : "./" + relative;
}

/// What the user may have meant otherwise; nothing of it is an error, a drive may be mounted later.
void warn(Context& ctx, const std::string& url, const remote::Remote& remote) {
    if (!remote::parse_url(url).is_path) return;
    if (path::is_within(remote.shown(), ctx.workspace_root())) {
        ctx.out().warning(fmt::format("{} lies inside the workspace, so git and 'mlo add' see it", quoted(url)));
    }
}

int run(Context& ctx, const RemoteAddOptions& o) {
    check_remote_name(o.name);
    auto& config = ctx.config();
    const auto layer = o.is_local ? Layer::local : Layer::repository;
    static_cast<void>(config.file_of(layer));
    if (const auto there = value_in(config, layer, url_key(o.name))) {
        throw Error{remote::errors::name_taken, fmt::format("the remote {} is there already: {}", quoted(o.name),
                                                            quoted(remote::without_secrets(*there)))}
            .hint(fmt::format("mlo remote remove {}", o.name));
    }
    const auto url = stored_url(ctx, o.url);
    remote::Traffic traffic;
    warn(ctx, url, *remote::open_remote(url, {.base = ctx.workspace_root(), .traffic = traffic}, ctx.runtime()));
    auto& random = ctx.runtime().random;
    // There is one approval for a name, and it belongs to the URL that is in force. It comes first: without the URL it
    // means nothing.
    const bool is_hidden = !o.is_local && value_in(config, Layer::local, url_key(o.name));
    if (!is_hidden) config.set(Layer::local, approval_key(o.name), url, random);
    const auto written = config.set(layer, url_key(o.name), url, random);
    if (o.is_default) config.set(layer, default_remote_key, o.name, random);
    ctx.out().message(fmt::format("remote {} = {} in {}{}", o.name, printable(url), printable(written.place),
                                  o.is_default ? ", the default" : ""));
    const auto effective = get_remote(config, o.name);
    if (effective.layer != layer) {
        ctx.out().warning(fmt::format("not in force here: {} says '{}'", printable(effective.place), effective.shown));
    }
    if (!o.is_local) hint_commit(ctx);
    ctx.out().hint(fmt::format("mlo remote check {}", o.name));
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo remote add origin /mnt/share/project --default", "share through a folder"},
    {"mlo remote add origin ada@storage.example.org:project", "share through a folder of another machine"},
    {"mlo remote add backup file:///media/disk/backup --local", "a place that only this machine has"}};

}  // namespace

extern const Command remote_add_command{.words = "remote add",
                                        .group = Group::sync,
                                        .summary = "name a place to push to and pull from",
                                        .bind = command_main<RemoteAddOptions, declare, run>,
                                        .examples = examples};

}  // namespace mlo::cli

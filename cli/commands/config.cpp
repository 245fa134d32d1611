// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/config/config.hpp>
#include <mlo/config/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"

namespace mlo::cli {
namespace {

using config::Layer;
using config::Setting;

struct ConfigOptions {
    std::optional<std::string> key;
    std::optional<std::string> value;
    bool of_system = false;
    bool of_user = false;
    bool of_repository = false;
    bool of_local = false;
    bool unset = false;
    bool list = false;
    bool all = false;
    bool show_origin = false;
};

void declare(Args& args, ConfigOptions& o) {
    args.positional("key", o.key, "the setting; without one, all are listed").completing(Completes::config_key);
    args.positional("value", o.value, "set it to this");
    args.flag("--system", o.of_system, "in /etc/mlo/config.yaml, for everybody on this machine");
    args.flag("--user", o.of_user, "in your own configuration, for all projects");
    args.flag("--repository", o.of_repository, "in .mlo/config.yaml, committed, for everybody who clones the project");
    args.flag("--local", o.of_local, "for this clone; where settings are written without another choice");
    args.flag("--unset", o.unset, "remove the setting");
    args.flag("-l,--list", o.list, "list settings and their values");
    args.flag("--all", o.all, "with --list: also what has no value, and what each is for");
    args.flag("--show-origin", o.show_origin, "say which layer and which line a value comes from");
}

std::optional<Layer> chosen_layer(const ConfigOptions& o) {
    std::optional<Layer> chosen;
    for (const auto& [is_chosen, layer] : {std::pair{o.of_system, Layer::system},
                                           {o.of_user, Layer::user},
                                           {o.of_repository, Layer::repository},
                                           {o.of_local, Layer::local}}) {
        if (!is_chosen) continue;
        if (chosen)
            throw Error{errors::conflicting_options,
                        "only one of --system, --user, --repository, --local can be meant"};
        chosen = layer;
    }
    return chosen;
}

void check(const ConfigOptions& o) {
    const auto refuse = [](std::string_view what) { throw Error{errors::conflicting_options, std::string{what}}; };
    if (o.list && o.key) refuse("'--list' lists every setting: leave out the key");
    if (o.unset && (o.value || o.list)) refuse("'--unset' takes a key alone");
    if (o.unset && !o.key)
        throw Error{errors::missing_argument, "'--unset' needs a key"}.hint("mlo config --unset KEY");
    if (o.all && o.key) refuse("'--all' belongs to '--list'");
    if (o.show_origin && (o.unset || o.value)) refuse("'--show-origin' belongs to reading");
}

void write_setting(json::Writer& json, const Setting& setting) {
    json.begin_object();
    json.key("name").string(setting.name);
    json.key("value").string(setting.value);
    json.key("layer").string(to_string(setting.layer));
    if (!setting.place.empty()) json::write_path(json, "place", setting.place);
    json.end_object();
}

void answer_json(Output& out, const std::vector<Setting>& settings) {
    out.document("mlo/config-v1", [&](json::Writer& json) {
        json.key("settings").begin_array();
        for (const auto& setting : settings) write_setting(json, setting);
        json.end_array();
    });
}

std::string origin(const Setting& setting) {
    return setting.place.empty() ? std::string{to_string(setting.layer)}
                                 : fmt::format("{} {}", to_string(setting.layer), printable(setting.place));
}

/// The value in one layer, or the one in force.
std::optional<Setting> find(Context& ctx, const std::string& key, std::optional<Layer> layer) {
    if (!layer) return ctx.config().find(key);
    for (auto& setting : ctx.config().of_layer(*layer)) {
        if (setting.name == key) return std::move(setting);
    }
    return std::nullopt;
}

int show_one(Context& ctx, const ConfigOptions& o, std::optional<Layer> layer) {
    const auto& key = ctx.config().get_key(*o.key);
    const auto setting = find(ctx, *o.key, layer);
    if (!setting) {
        Error error{config::errors::not_set, fmt::format("{} is not set", quoted(*o.key))};
        if (layer)
            error.note(fmt::format("in the {} configuration, {}", to_string(*layer), ctx.config().file_of(*layer)));
        throw Error{
            std::move(error.hint(fmt::format("mlo config {} VALUE    ({})", *o.key, config::describe_values(key))))};
    }
    if (ctx.out().is_json()) {
        answer_json(ctx.out(), {*setting});
    } else if (o.show_origin) {
        ctx.out().line("{}\t{}", setting->value, origin(*setting));
    } else {
        ctx.out().line(setting->value);
    }
    return exit_ok;
}

int list(Context& ctx, const ConfigOptions& o, std::optional<Layer> layer) {
    const auto settings = layer ? ctx.config().of_layer(*layer) : ctx.config().effective();
    if (ctx.out().is_json()) {
        answer_json(ctx.out(), settings);
        return exit_ok;
    }
    Table table{.columns = {{"setting"}, {"value"}, {"from"}}, .rows = {}};
    for (const auto& setting : settings) {
        if (o.show_origin) {
            table.rows.push_back({setting.name, printable(setting.value), origin(setting)});
        } else if (!o.all) {
            ctx.out().line("{}={}", setting.name, setting.value);
        }
    }
    if (o.show_origin) ctx.out().table(table);
    if (!o.all) return exit_ok;
    for (const auto& key : config::keys()) {
        const auto setting = find(ctx, std::string{key.name}, layer);
        ctx.out().line("{} {}", ctx.out().painted(Paint::bold, key.name),
                       setting ? "= " + setting->value : "is not set");
        ctx.out().line("    {}", key.doc);
        ctx.out().line("    {}{}", config::describe_values(key),
                       key.fallback.empty() ? "" : fmt::format(" [default: {}]", key.fallback));
    }
    return exit_ok;
}

/// Says so where a stronger layer hides what was just written, or a broken file all of it.
void check_effect(Context& ctx, const Setting& written) {
    try {
        const auto effective = ctx.config().find(written.name);
        if (!effective || effective->layer <= written.layer) return;
        ctx.out().warning(fmt::format("not in force here: {} says {}", origin(*effective), quoted(effective->value)));
    } catch (const Error& error) {
        ctx.out().warning(fmt::format("not in force yet: {}: {}", printable(error.place()), error.message()));
    }
}

int set(Context& ctx, const ConfigOptions& o, Layer layer) {
    const auto written = ctx.config().set(layer, *o.key, *o.value, ctx.runtime().random);
    if (ctx.out().is_json()) answer_json(ctx.out(), {written});
    ctx.out().message(fmt::format("{} = {} in {}", *o.key, printable(written.value), printable(written.place)));
    check_effect(ctx, written);
    if (layer == Layer::repository) ctx.out().hint(fmt::format("git add {}", printable(written.place)));
    return exit_ok;
}

int unset(Context& ctx, const ConfigOptions& o, Layer layer) {
    auto& config = ctx.config();
    if (!config.unset(layer, *o.key, ctx.runtime().random)) {
        throw Error{config::errors::not_set,
                    fmt::format("{} is not set in {}", quoted(*o.key), quoted(config.file_of(layer)))}
            .hint("mlo config --list --show-origin");
    }
    if (ctx.out().is_json()) answer_json(ctx.out(), {});
    ctx.out().message(fmt::format("{} removed from {}", *o.key, printable(config.file_of(layer))));
    return exit_ok;
}

int run(Context& ctx, const ConfigOptions& o) {
    check(o);
    const auto layer = chosen_layer(o);
    if (o.unset) return unset(ctx, o, layer.value_or(Layer::local));
    if (o.value) return set(ctx, o, layer.value_or(Layer::local));
    if (o.key) return show_one(ctx, o, layer);
    return list(ctx, o, layer);
}

constexpr Example examples[] = {{"mlo config core.jobs 4", "set it for this clone"},
                                {"mlo config core.jobs", "print the value in force"},
                                {"mlo config --list --show-origin", "see where each value comes from"},
                                {"mlo config --user --unset core.jobs", "remove it from your own configuration"}};

}  // namespace

extern const Command config_command{.words = "config",
                                    .group = Group::start,
                                    .summary = "read and write settings",
                                    .bind = command_main<ConfigOptions, declare, run>,
                                    .json_schema = "mlo/config-v1",
                                    .examples = examples};

}  // namespace mlo::cli

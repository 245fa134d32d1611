// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/sync/format.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "remotes.hpp"

namespace mlo::cli {
namespace {

struct RemoteCheckOptions {
    std::optional<std::string> name;
};

void declare(Args& args, RemoteCheckOptions& o) {
    args.positional("name", o.name, "the remote [default: core.remote]").completing(Completes::remote);
}

struct Ability {
    std::string_view name;
    bool has;
    std::string_view what;
};

std::vector<Ability> abilities(const remote::Traits& traits) {
    return {{"write", traits.can_write, "store and remove"},
            {"list", traits.can_list, "list what it holds"},
            {"range", traits.can_range, "read a part of a value"},
            {"exclusive_put", traits.has_exclusive_put, "never overwrite, whoever else writes"},
            {"durable", traits.is_durable, "keep what was acknowledged through a power cut"}};
}

double milliseconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; }

void answer_json(Output& out, const ConfiguredRemote& remote, const remote::Traits& traits,
                 const remote::CheckReport& report) {
    out.document("mlo/remote-check-v1", [&](json::Writer& json) {
        json.key("name").string(remote.name);
        json.key("url").string(remote.shown);
        json.key("approved").boolean(remote.is_approved);
        json.key("scheme").string(traits.scheme);
        json.key("can").begin_object();
        for (const auto& ability : abilities(traits)) json.key(ability.name).boolean(ability.has);
        json.end_object();
        json.key("steps").begin_array();
        for (const auto& step : report.steps) {
            json.begin_object();
            json.key("name").string(step.name);
            json.key("ok").boolean(!step.failure);
            json.key("seconds").real(static_cast<double>(step.took.count()) / 1e9);
            if (step.failure) {
                json.key("code").string(fmt::format("MLO-{}", step.failure->code().id));
                json.key("message").string(step.failure->message());
            }
            json.end_object();
        }
        json.end_array();
        json.key("ok").boolean(report.is_sound());
    });
}

void answer_text(Output& out, const ConfiguredRemote& remote, const remote::Traits& traits,
                 const remote::CheckReport& report) {
    out.line("{} = {}", out.painted(Paint::bold, remote.name), remote.shown);
    for (const auto& ability : abilities(traits)) {
        out.line("  {} {}", out.painted(ability.has ? Paint::good : Paint::changed, ability.has ? "can   " : "cannot"),
                 ability.what);
    }
    for (const auto& step : report.steps) {
        if (!step.failure) {
            out.line("  {} {} ({:.1f} ms)", out.painted(Paint::good, "ok    "), step.what, milliseconds(step.took));
            continue;
        }
        out.line("  {} {}: MLO-{}: {}", out.painted(Paint::bad, "FAILED"), step.what, step.failure->code().id,
                 step.failure->message());
        if (const auto next = next_step(*step.failure); !next.empty()) out.line("         help: {}", next);
    }
}

int run(Context& ctx, const RemoteCheckOptions& o) {
    const auto remote = get_remote(ctx.config(), o.name);
    OpenedRemote opened{ctx, remote};
    const auto report = sync::check(*opened, ctx.runtime());
    if (ctx.out().is_json()) {
        answer_json(ctx.out(), remote, opened->traits(), report);
    } else {
        answer_text(ctx.out(), remote, opened->traits(), report);
    }
    if (!remote.is_approved) {
        ctx.out().message("only read: this clone has not approved the URL");
        ctx.out().hint(fmt::format("mlo remote trust {}", remote.name));
    }
    return report.is_sound() ? exit_ok : exit_failed;
}

constexpr Example examples[] = {{"mlo remote check", "try what the default remote can do"},
                                {"mlo remote check origin --json", "the same, for a program"}};

}  // namespace

extern const Command remote_check_command{.words = "remote check",
                                          .group = Group::sync,
                                          .summary = "try out what a remote can do",
                                          .bind = command_main<RemoteCheckOptions, declare, run>,
                                          .json_schema = "mlo/remote-check-v1",
                                          .examples = examples};

}  // namespace mlo::cli

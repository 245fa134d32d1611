// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "context.hpp"
#include "manual.hpp"

namespace mlo::cli {

namespace {

struct HelpOptions {
    std::vector<std::string> words;
};

void declare(Args& args, HelpOptions& o) {
    args.positional("name", o.words, "a command, a file format or a topic [default: mlo itself]")
        .completing(Completes::command);
}

int run(Context& ctx, const HelpOptions& o) { return show_page(ctx, o.words); }

constexpr Example examples[] = {{"mlo help", "what mlo is, and all its commands"},
                                {"mlo help explain", "the manual page of a command"}};

}  // namespace

extern const Command help_command{.words = "help",
                                  .group = Group::start,
                                  .summary = "show the manual page of a command, a file format or a topic",
                                  .bind = command_main<HelpOptions, declare, run>,
                                  .examples = examples};

}  // namespace mlo::cli

// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "manual.hpp"
#include "version.hpp"

namespace mlo::cli {

namespace {

struct DumpOptions {
    std::string page;
};

void declare(Args& args, DumpOptions& o) {
    args.option("--page", o.page, "print the scdoc source of this manual page ('mlo-add.1') with its markers replaced");
}

std::string_view to_string(Argument::Kind kind) {
    switch (kind) {
        case Argument::Kind::flag:
            return "flag";
        case Argument::Kind::option:
            return "option";
        case Argument::Kind::positional:
            return "positional";
        case Argument::Kind::passthrough:
            return "passthrough";
    }
    return "flag";
}

void write_argument(json::Writer& json, const Argument& argument) {
    json.begin_object();
    json.key("kind").string(to_string(argument.kind));
    json.key("name").string(argument.name);
    if (argument.short_name != 0) json.key("short").string(std::string{argument.short_name});
    if (!argument.value_name.empty()) json.key("value").string(argument.value_name);
    json.key("doc").string(argument.doc);
    if (!argument.choices.empty()) {
        json.key("choices").begin_array();
        for (const auto& choice : argument.choices) json.string(choice);
        json.end_array();
    }
    json.key("completes").string(to_string(argument.completes));
    json.key("repeatable").boolean(argument.is_repeatable);
    json.key("required").boolean(argument.is_required);
    json.end_object();
}

void write_arguments(json::Writer& json, const Args& args) {
    json.begin_array();
    for (const auto& argument : args.table()) write_argument(json, argument);
    json.end_array();
}

void write_command(json::Writer& json, const Command& command) {
    Args args;
    const auto bound = command.bind(args);
    json.begin_object();
    json.key("name").string(command.words);
    json.key("group").string(to_string(command.group));
    json.key("summary").string(command.summary);
    if (!command.json_schema.empty()) json.key("json_schema").string(command.json_schema);
    json.key("arguments");
    write_arguments(json, args);
    json.key("examples").begin_array();
    for (const auto& example : command.examples) {
        json.begin_object().key("line").string(example.line).key("what").string(example.what).end_object();
    }
    json.end_array();
    json.key("exit_codes").begin_array();
    for (const auto& each : command.exits) {
        json.begin_object().key("code").integer(each.code).key("meaning").string(each.meaning).end_object();
    }
    json.end_array();
    json.end_object();
}

int run(Context& ctx, const DumpOptions& o) {
    if (!o.page.empty()) {
        for (const auto& page : all_pages()) {
            if (page.name != o.page) continue;
            ctx.out().write(page_document(page));
            return exit_ok;
        }
        throw Error{errors::unknown_page, fmt::format("there is no manual page {}", quoted(o.page))};
    }
    ctx.out().document("mlo/cli-v1", [](json::Writer& json) {
        json.key("version").string(version_number);
        GlobalOptions options;
        Args globals;
        declare_globals(globals, options, nullptr);
        json.key("globals");
        write_arguments(json, globals);
        json.key("commands").begin_array();
        for (const auto* command : visible_commands()) write_command(json, *command);
        json.end_array();
    });
    return exit_ok;
}

}  // namespace

extern const Command dump_cli_command{.words = "__dump-cli",
                                      .group = Group::hidden,
                                      .summary = "print every command and option as JSON",
                                      .bind = command_main<DumpOptions, declare, run>,
                                      .json_schema = "mlo/cli-v1"};

}  // namespace mlo::cli

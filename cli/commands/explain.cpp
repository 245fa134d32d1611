// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "error_catalogue.hpp"
#include "errors.hpp"

namespace mlo::cli {

namespace {

struct ExplainOptions {
    std::optional<std::string> code;
};

void declare(Args& args, ExplainOptions& o) {
    args.positional("code", o.code, "a code as a message shows it, with or without 'MLO-' [default: list all]")
        .completing(Completes::error_code);
}

void write_entry(json::Writer& json, const CatalogueEntry& entry) {
    json.begin_object();
    json.key("code").string(fmt::format("MLO-{}", entry.code.id));
    json.key("name").string(entry.name);
    json.key("component").string(entry.component);
    json.key("kind").string(to_string(entry.code.kind));
    json.key("exit_code").integer(exit_code_of(entry.code.kind));
    json.key("cause").string(entry.code.cause);
    json.key("cure").string(entry.code.cure);
    json.end_object();
}

int show(Output& out, std::span<const CatalogueEntry> entries) {
    if (out.is_json()) {
        out.document("mlo/explain-v1", [&](json::Writer& json) {
            json.key("codes").begin_array();
            for (const auto& entry : entries) write_entry(json, entry);
            json.end_array();
        });
    } else if (entries.size() == 1) {
        const auto& code = entries.front().code;
        out.line("{}: {} (exit code {})", out.painted(Paint::bold, fmt::format("MLO-{}", code.id)),
                 to_string(code.kind), exit_code_of(code.kind));
        out.line("cause: {}", code.cause);
        out.line("cure:  {}", code.cure);
    } else {
        Table table{.columns = {{"CODE"}, {"KIND"}, {"CAUSE"}}, .rows = {}};
        for (const auto& [component, name, code] : entries) {
            table.rows.push_back(
                {fmt::format("MLO-{}", code.id), std::string{to_string(code.kind)}, std::string{code.cause}});
        }
        out.table(table);
    }
    return exit_ok;
}

int run(Context& ctx, const ExplainOptions& o) {
    if (!o.code) return show(ctx.out(), all_error_codes());
    if (const auto* entry = find_error_code(*o.code)) return show(ctx.out(), {entry, 1});
    throw Error{errors::unknown_code, fmt::format("there is no diagnostic {}", quoted(*o.code))}.hint(
        "'mlo explain' lists them all");
}

constexpr Example examples[] = {{"mlo explain MLO-U005", "the cause of an error, and what to do"},
                                {"mlo explain", "every code"}};

}  // namespace

extern const Command explain_command{.words = "explain",
                                     .group = Group::start,
                                     .summary = "say what the code of an error means and what to do",
                                     .bind = command_main<ExplainOptions, declare, run>,
                                     .json_schema = "mlo/explain-v1",
                                     .examples = examples};

}  // namespace mlo::cli

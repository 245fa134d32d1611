// SPDX-License-Identifier: Apache-2.0
#include "document_reader.hpp"

#include <fmt/format.h>

#include <array>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::array<std::string_view, 11> top_names{"vars",     "stages", "params", "metrics", "plots",   "artifacts",
                                                     "datasets", "schema", "pools",  "include", "defaults"};
constexpr std::string_view document_format = "mlo/pipeline-v1";
constexpr std::size_t dvc_top_names = 7;
constexpr std::string_view top_example = "stages: {fit: {cmd: python fit.py}}";
constexpr std::string_view foreach_example = "foreach: [a, b] beside do: {cmd: 'echo ${item}'}";

void check_name(const Value& name) {
    const auto text = name.as_string();
    if (!text.empty() && text.find('@') == text.npos) return;
    throw Error{errors::stage_name, text.empty() ? "a stage has an empty name"
                                                 : fmt::format("the name of a stage holds '@': {}", quoted(text))}
        .at(name.place())
        .hint("'@' stands between the name of a group and of its stage: use '-' or '_'");
}

void refuse_top_extensions(const Value& root) {
    for (std::size_t i = dvc_top_names; i < top_names.size(); ++i) {
        if (const auto value = root.find(top_names[i])) {
            throw Error{errors::key_misplaced,
                        fmt::format("DVC does not know {}, and would refuse this document", quoted(top_names[i]))}
                .at(value->place())
                .hint("rename the document to pipeline.yaml, or leave the key out");
        }
    }
}

void check_format(const Value& root) {
    const auto schema = root.find("schema");
    if (!schema) return;
    constexpr std::string_view example = "schema: mlo/pipeline-v1, or leave the key out";
    if (string_of(*schema, "schema", example) == document_format) return;
    throw Error{errors::value_invalid,
                fmt::format("this mlo reads {}, not {}", quoted(document_format), quoted(schema->as_string()))}
        .at(schema->place())
        .hint(std::string{example});
}

}  // namespace

DocumentReader::DocumentReader(std::shared_ptr<LoadState> state, Document document, DocumentFacts facts)
    : state_{std::move(state)},
      document_{std::move(document)},
      facts_{std::move(facts)},
      variables_{state_->params, facts_.folder} {}

void DocumentReader::prepare(std::vector<NeedPlace>& needs) {
    const auto root = document_.root();
    if (root.is_null()) return;
    const Fields fields{root, "the document", top_names, top_example};
    if (facts_.dialect == Dialect::dvc) refuse_top_extensions(root);
    check_format(root);
    if (const auto& vars = fields[0]) {
        check_vars(*vars, "");
        variables_.add(*vars);
    }
    if (const auto pools = root.find("pools")) read_pools(*pools, state_->pools);
    if (const auto defaults = root.find("defaults")) {
        const Fields known{*defaults, "defaults", extension_keys(), "defaults: {retries: 2}"};
        Scope scope{variables_, state_->command_style(facts_.dialect), Scope::Mode::resolve};
        facts_.defaults = read_extras(*defaults, "defaults", facts_, facts_.folder, scope, needs);
    }
}

void DocumentReader::read(Pipeline& into, std::vector<NeedPlace>& needs) {
    const auto root = document_.root();
    if (root.is_null()) return;
    if (const auto stages = root.find("stages")) read_stages(*stages, into, needs);
    Scope scope{variables_, state_->command_style(facts_.dialect), Scope::Mode::resolve};
    into.top_level.push_back(read_top_level(root, facts_, scope));
}

void DocumentReader::read_stages(const Value& stages, Pipeline& into, std::vector<NeedPlace>& needs) {
    const auto members = members_of(stages, "stages", "a mapping of stages", top_example);
    check_stage_count(into.stages.size() + members.size(), stages);
    into.stages.reserve(into.stages.size() + members.size());
    for (const auto& member : members) {
        check_name(member.key);
        read_definition(member, into, needs);
        check_stage_count(into.stages.size(), member.key);
    }
}

void DocumentReader::read_definition(const Member& member, Pipeline& into, std::vector<NeedPlace>& needs) {
    const auto& definition = member.value;
    if (definition.is(ValueKind::mapping)) {
        if (definition.find("foreach") || definition.find("do")) return read_foreach(member, into, needs);
        if (const auto matrix = definition.find("matrix")) return read_matrix(member, *matrix, into, needs);
    }
    StageTitle title{std::string{member.name()}, {}, member.key.text_place()};
    into.stages.push_back(read_one(definition, std::move(title), nullptr, nullptr, needs));
}

void DocumentReader::read_foreach(const Member& member, Pipeline& into, std::vector<NeedPlace>& needs) {
    constexpr std::array<std::string_view, 2> names{"foreach", "do"};
    const Fields fields{member.value, member.name(), names, foreach_example};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (fields[i]) continue;
        throw Error{errors::key_missing,
                    fmt::format("{} has {}, but not {}", quoted(member.name()), quoted(names[1 - i]), quoted(names[i]))}
            .at(member.value.place())
            .hint(std::string{foreach_example});
    }
    const auto& iterable = *fields[0];
    const auto& body = *fields[1];
    if (body.is(ValueKind::mapping)) {
        if (const auto matrix = body.find("matrix")) {
            throw Error{errors::keys_exclude, "a stage has either 'foreach' or 'matrix'"}
                .at(matrix->place())
                .hint("write both as one 'matrix', beside 'cmd'");
        }
    }
    if (facts_.dialect == Dialect::mlo && read_special(member, iterable, body, into, needs)) return;
    const bool is_reference = iterable.is(ValueKind::string) && may_be_template(iterable.as_string());
    if (!is_reference && !iterable.is(ValueKind::list) && !iterable.is(ValueKind::mapping)) {
        refuse_type(iterable, "foreach", "a list, a mapping, or a template for one", foreach_example);
    }
    add_group(member, body, into, needs, [&] { return items_of_foreach(iterable, variables_.get().context()); });
}

bool DocumentReader::read_special(const Member& member, const Value& iterable, const Value& body, Pipeline& into,
                                  std::vector<NeedPlace>& needs) {
    if (!iterable.is(ValueKind::mapping) || iterable.size() != 1) return false;
    if (const auto pattern = iterable.find("glob")) {
        constexpr std::string_view example = "foreach: {glob: 'data/*.csv'}";
        static_cast<void>(string_of(*pattern, "glob", example));
        add_group(member, body, into, needs, [&] {
            Scope scope{variables_, state_->command_style(facts_.dialect), Scope::Mode::resolve};
            return items_of_glob(scope.text(*pattern, "glob", example), *pattern, facts_.folder, *state_->root);
        });
        return true;
    }
    const auto file = iterable.find("from");
    if (file) add_pending(member, *file, body, into);
    return file.has_value();
}

void DocumentReader::add_pending(const Member& member, const Value& file, const Value& body, Pipeline& into) {
    Scope scope{variables_, state_->command_style(facts_.dialect), Scope::Mode::resolve};
    PendingGroup group;
    group.name = member.name();
    group.document = facts_.index;
    group.place = member.key.text_place();
    group.from = read_path(file, "from", facts_, facts_.folder, scope);
    if (group.from.reach != Reach::workspace) {
        throw Error{errors::path_invalid, fmt::format("{} is no file of the workspace", quoted(group.from.written))}
            .at(file.place())
            .hint("foreach: {from: shards.json}, where a stage makes shards.json");
    }
    check(body, {group.name, group.name, group.place});
    read_variables_now();
    group.expand = [self = shared_from_this(), name = group.name, path = group.from.path, body, file,
                    key = member.key](std::string_view content) {
        std::vector<NeedPlace> needs;
        auto stages = self->expand(name, body, key, items_of_data(read_group_file(content, path), file), needs);
        check_needs(needs, self->state_->pools);
        return stages;
    };
    into.pending.push_back(std::move(group));
}

void DocumentReader::read_variables_now() {
    // All stages of a run see the parameters as they were at its start.
    try {
        static_cast<void>(variables_.get());
    } catch (const Error&) {
        // Kept by the files of parameters, and told to the stages that need them.
    }
}

void DocumentReader::read_matrix(const Member& member, const Value& matrix, Pipeline& into,
                                 std::vector<NeedPlace>& needs) {
    check_matrix(matrix);
    add_group(member, member.value, into, needs, [&] { return items_of_matrix(matrix, variables_.get().context()); });
}

void DocumentReader::add_group(const Member& member, const Value& body, Pipeline& into, std::vector<NeedPlace>& needs,
                               const std::function<GroupItems()>& items) {
    StageTitle title{std::string{member.name()}, std::string{member.name()}, member.key.text_place()};
    // Also where there are no elements, or too few to meet every key of the body.
    check(body, title);
    GroupItems found;
    try {
        found = items();
    } catch (const Error& error) {
        into.stages.push_back(broken(std::move(title), error));
        return;
    }
    auto stages = expand(title.name, body, member.key, found, needs);
    into.stages.insert(into.stages.end(), std::make_move_iterator(stages.begin()),
                       std::make_move_iterator(stages.end()));
}

std::vector<Stage> DocumentReader::expand(const std::string& name, const Value& body, const Value& key,
                                          const GroupItems& items, std::vector<NeedPlace>& needs) {
    std::vector<Stage> stages;
    stages.reserve(items.items.size());
    for (const auto& item : items.items) {
        StageTitle title{fmt::format("{}@{}", name, item.key), name, key.text_place()};
        stages.push_back(read_one(body, std::move(title), &item, &items, needs));
    }
    return stages;
}

Stage DocumentReader::read_one(const Value& definition, StageTitle title, const GroupItem* item, const GroupItems* of,
                               std::vector<NeedPlace>& needs) {
    const auto before = needs.size();
    try {
        Scope scope{variables_, state_->command_style(facts_.dialect), Scope::Mode::resolve};
        if (item != nullptr) {
            auto& own = scope.own();
            own.set("item", item->item);
            if (of->has_key) own.set("key", Datum{item->key});
        }
        return read_stage(definition, title, facts_, scope, needs);
    } catch (const Error& error) {
        needs.resize(before);
        // What is wrong without regard to templates is wrong for everybody.
        if (item == nullptr) check(definition, title);
        return broken(std::move(title), error);
    }
}

void DocumentReader::check(const Value& definition, const StageTitle& title) {
    Scope scope{variables_, state_->command_style(facts_.dialect), Scope::Mode::check};
    std::vector<NeedPlace> needs;
    static_cast<void>(read_stage(definition, title, facts_, scope, needs));
}

Stage DocumentReader::broken(StageTitle title, const Error& error) const {
    Stage stage;
    stage.name = std::move(title.name);
    stage.group = std::move(title.group);
    stage.document = facts_.index;
    stage.place = title.place;
    auto kept = error;
    kept.note(fmt::format("in stage {}", quoted(stage.name)));
    stage.broken = std::make_shared<const Error>(std::move(kept));
    return stage;
}

}  // namespace mlo::pipeline

// SPDX-License-Identifier: Apache-2.0
#include "stage_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"

namespace mlo::pipeline {
namespace {

enum Key : std::size_t {
    cmd,
    wdir,
    deps,
    params,
    outs,
    metrics,
    plots,
    vars,
    frozen,
    always_changed,
    desc,
    meta,
    matrix,
    dvc_keys,
    // What DVC does not know follows.
    all_keys = dvc_keys + 6
};
constexpr std::array<std::string_view, all_keys> key_names{
    "cmd",  "wdir", "deps",   "params",  "outs",    "metrics",   "plots", "vars", "frozen", "always_changed",
    "desc", "meta", "matrix", "retries", "timeout", "resources", "env",   "when", "on"};
constexpr std::string_view default_params = "params.yaml";
constexpr std::string_view stage_example =
    "a stage is a mapping: {cmd: python train.py, deps: [data.csv], outs: [model]}";
constexpr std::string_view params_example = "params: [lr, train.depth, {other.json: [seed]}, {whole.yaml: null}]";

/// Where Python's str.splitlines() cuts, as DVC cuts commands with it: the length of the line break at `at`, or 0.
std::size_t line_break(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto first = byte(at);
    if (first == '\r') return byte(at + 1) == '\n' ? 2 : 1;
    if (first == '\n' || first == 0x0b || first == 0x0c || (first >= 0x1c && first <= 0x1e)) return 1;
    if (first == 0xc2 && byte(at + 1) == 0x85) return 2;
    return first == 0xe2 && byte(at + 1) == 0x80 && (byte(at + 2) == 0xa8 || byte(at + 2) == 0xa9) ? 3 : 0;
}

class StageReader {
public:
    StageReader(const Value& definition, const DocumentFacts& document, Scope& scope, Stage& stage)
        : document_{document},
          scope_{scope},
          stage_{stage},
          fields_{definition, stage.name, key_names, stage_example} {}

    void read(const Value& definition, std::vector<NeedPlace>& needs) {
        if (document_.dialect == Dialect::dvc) refuse_extensions();
        read_wdir();
        if (const auto& list = fields_[vars]) {
            check_vars(*list, stage_.name);
            if (scope_.mode() == Scope::Mode::resolve) scope_.own().add(*list, stage_.wdir, stage_.name);
        }
        read_command(definition);
        read_deps();
        read_params();
        for (const auto& [key, role] : {std::pair{outs, OutputRole::data}, std::pair{metrics, OutputRole::metric},
                                        std::pair{plots, OutputRole::plot}}) {
            if (fields_[key]) read_outputs(*fields_[key], role, document_, stage_.wdir, scope_, stage_.outs);
        }
        if (fields_[frozen]) stage_.is_frozen = truth_of(*fields_[frozen], "frozen");
        if (fields_[always_changed]) stage_.always_runs = truth_of(*fields_[always_changed], "always_changed");
        if (fields_[desc]) stage_.description = scope_.text(*fields_[desc], "desc", "desc: what this stage is for");
        read_extension(definition, needs);
    }

private:
    void refuse_extensions() const {
        for (std::size_t key = dvc_keys; key < all_keys; ++key) {
            if (!fields_[key]) continue;
            throw Error{errors::key_misplaced,
                        fmt::format("DVC does not know {}, and would refuse this document", quoted(key_names[key]))}
                .at(fields_[key]->place())
                .hint(fmt::format("write it below 'meta': meta: {{mlo: {{{}: ...}}}}", key_names[key]));
        }
    }

    void read_wdir() {
        stage_.wdir = document_.folder;
        if (!fields_[wdir]) return;
        const auto& value = *fields_[wdir];
        auto written = scope_.text(value, "wdir", "wdir: train");
        if (scope_.is_open(written)) return;
        const auto at = checked_path(std::move(written), value, document_, document_.folder);
        if (at.reach != Reach::workspace) {
            throw Error{errors::path_invalid,
                        fmt::format("{} is outside of the workspace, where no stage can run", quoted(at.written))}
                .at(value.place())
                .hint("use a folder below the root of the workspace, and 'cd' within the command");
        }
        stage_.wdir = at.path;
    }

    void read_command(const Value& definition) {
        const auto& value = fields_[cmd];
        if (!value) {
            throw Error{errors::key_missing, fmt::format("the stage {} has no 'cmd'", quoted(stage_.name))}
                .at(definition.place())
                .hint("cmd: python train.py");
        }
        stage_.command_place = value->text_place();
        if (value->is(ValueKind::string)) {
            stage_.written_commands.push_back(scope_.command(*value));
            stage_.commands = command_lines(stage_.written_commands.front());
            return;
        }
        constexpr std::string_view example = "cmd: python train.py, or a list of such commands";
        stage_.command_form = CommandForm::list;
        for (const auto& item : items_of(*value, "cmd", "a text or a list of texts", example)) {
            if (!item.is(ValueKind::string)) refuse_type(item, "cmd", "a text or a list of texts", example);
            stage_.written_commands.push_back(scope_.command(item));
        }
        stage_.commands = stage_.written_commands;
    }

    void read_deps() {
        if (!fields_[deps]) return;
        const auto items = items_of(*fields_[deps], "deps", "a list of paths", "deps: [train.py, data.csv]");
        stage_.deps.reserve(items.size());
        for (const auto& item : items) stage_.deps.push_back(read_path(item, "deps", document_, stage_.wdir, scope_));
    }

    /// The entry of a file, made if there is none; null if it is tracked whole.
    StageParams& params_of(StagePath file) {
        const auto found = std::find_if(stage_.params.begin(), stage_.params.end(),
                                        [&](const StageParams& entry) { return entry.file.path == file.path; });
        if (found != stage_.params.end()) return *found;
        return stage_.params.emplace_back(StageParams{.file = std::move(file), .keys = {}});
    }

    void read_params() {
        if (!fields_[params]) return;
        constexpr std::string_view expected = "a list of keys and of files with keys";
        std::vector<std::string> whole;
        for (const auto& item : items_of(*fields_[params], "params", expected, params_example)) {
            if (item.is(ValueKind::string)) {
                auto key = scope_.text(item, "params", params_example);
                params_of(checked_path(std::string{default_params}, item, document_, stage_.wdir))
                    .keys.push_back(std::move(key));
                continue;
            }
            for (const auto& member : members_of(item, "params", expected, params_example)) read_file(member, whole);
        }
        for (auto& entry : stage_.params) {
            if (std::find(whole.begin(), whole.end(), entry.file.path) != whole.end()) entry.keys.clear();
            std::sort(entry.keys.begin(), entry.keys.end());
            entry.keys.erase(std::unique(entry.keys.begin(), entry.keys.end()), entry.keys.end());
        }
        const auto first = path::join(stage_.wdir, default_params);
        std::stable_partition(stage_.params.begin(), stage_.params.end(),
                              [&](const StageParams& entry) { return entry.file.path == first; });
    }

    void read_file(const Member& member, std::vector<std::string>& whole) {
        auto& entry = params_of(read_path(member.key, "params", document_, stage_.wdir, scope_));
        if (member.value.is_null()) {
            whole.push_back(entry.file.path);
            return;
        }
        const auto keys =
            items_of(member.value, member.name(), "a list of keys, or null for the whole file", params_example);
        if (keys.empty()) whole.push_back(entry.file.path);
        for (const auto& key : keys) entry.keys.push_back(scope_.text(key, "params", params_example));
    }

    void read_extension(const Value& definition, std::vector<NeedPlace>& needs) {
        const auto& value = fields_[meta];
        if (value) stage_.meta = scope_.any(*value);
        const auto own = value && value->is(ValueKind::mapping) ? value->find("mlo") : std::nullopt;
        if (document_.dialect == Dialect::mlo) {
            if (own) {
                throw Error{errors::key_misplaced,
                            "in this document, mlo's keys stand at the stage itself, not in 'meta'"}
                    .at(own->place())
                    .hint("move them up, beside 'cmd'");
            }
            stage_.extras = read_extras(definition, stage_.name, document_, stage_.wdir, scope_, needs);
        } else if (own) {
            const Fields known{*own, "meta.mlo", extension_keys(), "meta: {mlo: {retries: 3}}"};
            stage_.extras = read_extras(*own, stage_.name, document_, stage_.wdir, scope_, needs);
        }
    }

    const DocumentFacts& document_;
    Scope& scope_;
    Stage& stage_;
    Fields fields_;
};

}  // namespace

std::span<const std::string_view> extension_keys() noexcept { return std::span{key_names}.subspan(dvc_keys); }

std::vector<std::string> command_lines(std::string_view text) {
    std::vector<std::string> lines;
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = line_break(text, at);
        if (length == 0) {
            ++at;
            continue;
        }
        lines.emplace_back(text.substr(start, at - start));
        start = at += length;
    }
    if (start < text.size()) lines.emplace_back(text.substr(start));
    return lines;
}

StagePath checked_path(std::string written, const Value& at, const DocumentFacts& document, std::string_view base) {
    if (written.empty() || written.find('\0') != written.npos) {
        throw Error{errors::path_invalid, written.empty() ? "a path is empty" : "a path holds a zero byte"}
            .at(at.place())
            .hint("name a file or folder, as seen from the folder of the document, or from 'wdir'");
    }
    return document.paths->resolve(std::move(written), base, at.text_place());
}

StagePath read_path(const Value& value, std::string_view name, const DocumentFacts& document, std::string_view base,
                    Scope& scope) {
    auto written = scope.text(value, name, "paths are texts: [train.py, data.csv]");
    return checked_path(std::move(written), value, document, base);
}

Stage read_stage(const Value& definition, StageTitle title, const DocumentFacts& document, Scope& scope,
                 std::vector<NeedPlace>& needs) {
    Stage stage;
    stage.name = std::move(title.name);
    stage.group = std::move(title.group);
    stage.document = document.index;
    stage.place = title.place;
    StageReader{definition, document, scope, stage}.read(definition, needs);
    return stage;
}

}  // namespace mlo::pipeline

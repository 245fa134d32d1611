// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"
#include "stage_reader.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view outputs_example = "outs: [model.bin, {big.bin: {cache: false}}]";
constexpr std::array<std::string_view, 17> flag_names{"cache", "persist", "push", "remote", "checkpoint", "temp",
                                                      "desc", "type", "labels", "meta",
                                                      // Of plots only:
                                                      "template", "x", "y", "x_label", "y_label", "title", "header"};
constexpr std::size_t flags_of_all = 10;

std::span<const std::string_view> flags_of(OutputRole role) noexcept {
    return std::span{flag_names}.first(role == OutputRole::plot ? flag_names.size() : flags_of_all);
}

std::string_view name_of(OutputRole role) noexcept {
    return role == OutputRole::data ? "outs" : role == OutputRole::metric ? "metrics" : "plots";
}

class FlagsReader {
public:
    FlagsReader(Dialect dialect, Scope& scope, StageOutput& out) : dialect_{dialect}, scope_{scope}, out_{out} {}

    void read(const Member& flag) {
        const auto name = flag.name();
        if (name == "cache") {
            out_.is_cached = truth_of(flag.value, name);
        } else if (name == "persist") {
            out_.is_persistent = truth_of(flag.value, name);
        } else if (name == "push") {
            out_.is_pushed = truth_of(flag.value, name);
        } else if (name == "remote") {
            out_.remote = scope_.text(flag.value, name, "remote: storage");
        } else if (name == "checkpoint") {
            static_cast<void>(truth_of(flag.value, name));
        } else if (name == "temp") {
            read_temp(flag);
        } else {
            set(flag, property(flag));
        }
    }

private:
    void read_temp(const Member& flag) {
        if (dialect_ == Dialect::dvc) {
            throw Error{errors::key_misplaced, "DVC does not know 'temp', and would refuse this document"}
                .at(flag.key.place())
                .hint("write it below 'meta': meta: {mlo: {temp: true}}");
        }
        out_.is_temporary = truth_of(flag.value, flag.name());
    }

    Datum property(const Member& flag) {
        const auto name = flag.name();
        if (name == "header") return {truth_of(flag.value, name)};
        if (name == "meta") {
            read_meta(flag.value);
            return scope_.any(flag.value);
        }
        if (name != "labels") return {scope_.text(flag.value, name, fmt::format("write a text after '{}:'", name))};
        Datum::List labels;
        for (const auto& item : items_of(flag.value, name, "a list of texts", "labels: [vision, large]")) {
            labels.push_back({scope_.text(item, name, "labels: [vision, large]")});
        }
        return {std::move(labels)};
    }

    void read_meta(const Value& meta) {
        if (dialect_ != Dialect::dvc || !meta.is(ValueKind::mapping)) return;
        const auto own = meta.find("mlo");
        if (!own) return;
        constexpr std::array<std::string_view, 1> known{"temp"};
        const Fields fields{*own, "meta.mlo", known, "meta: {mlo: {temp: true}}"};
        if (fields[0]) out_.is_temporary = truth_of(*fields[0], "temp");
    }

    /// A path may come twice, with flags that add up: the last word counts.
    void set(const Member& flag, Datum value) {
        if (out_.properties.is_null()) out_.properties.content = Datum::Mapping{};
        auto& properties = std::get<Datum::Mapping>(out_.properties.content);
        const auto found = std::find_if(properties.begin(), properties.end(),
                                        [&](const Datum::Member& member) { return member.name == flag.name(); });
        if (found != properties.end()) {
            found->value = std::move(value);
        } else {
            properties.push_back({std::string{flag.name()}, std::move(value)});
        }
    }

    Dialect dialect_;
    Scope& scope_;
    StageOutput& out_;
};

void check_place(const StagePath& at, const Value& value) {
    const auto first = std::string_view{at.path}.substr(0, at.path.find('/'));
    const bool is_kept = first == ".git" || first == ".dvc" || first == ".mlo";
    if (at.reach != Reach::workspace || !(at.path.empty() || is_kept)) return;
    throw Error{errors::path_invalid,
                fmt::format("{} cannot be an output: {}", quoted(at.written),
                            at.path.empty() ? "it is the whole workspace" : "it is not the user's")}
        .at(value.place())
        .hint("name a file or folder of its own for what the stage makes");
}

/// What is outside can be made there, but neither kept nor brought back. DVC 3 takes such a document, and fails once
/// the stage has run: there, as with its other mistakes of the kind, only who selects the stage is told.
void check_reach(const StageOutput& out, const Value& value, Dialect dialect, const Scope& scope) {
    if (out.at.reach == Reach::workspace || scope.is_open(out.at.written)) return;
    if (dialect == Dialect::dvc && scope.mode() == Scope::Mode::check) return;
    if (out.at.reach == Reach::url) {
        throw Error{errors::url_unsupported,
                    fmt::format("{} cannot be an output: it is no file of this machine", quoted(out.at.written))}
            .at(value.place())
            .hint("let the command copy it there, and name a file of the workspace as the output");
    }
    if (!out.is_cached) return;
    throw Error{errors::path_invalid, fmt::format("the output {} is outside of the workspace, where it cannot be kept",
                                                  quoted(out.at.written))}
        .at(value.place())
        .hint(fmt::format("name a path of the workspace, or leave it out of the cache: {}: {{cache: false}}",
                          printable(out.at.written)));
}

/// The outputs of one list, each path once.
class OutputList {
public:
    OutputList(std::vector<StageOutput>& outs, OutputRole role) : outs_{outs}, first_{outs.size()}, role_{role} {}

    StageOutput& at(StagePath path) {
        if (const auto found = find(path.written)) return outs_[*found];
        auto& made = outs_.emplace_back();
        made.at = std::move(path);
        made.role = role_;
        if (outs_.size() - first_ > few) index();
        return made;
    }

private:
    static constexpr std::size_t few = 16;  ///< most stages have fewer, for whom an index costs more than it saves

    [[nodiscard]] std::optional<std::size_t> find(const std::string& written) const {
        if (const auto found = indexes_.find(written); found != indexes_.end()) return found->second;
        for (std::size_t i = first_ + indexes_.size(); i < outs_.size(); ++i) {
            if (outs_[i].at.written == written) return i;
        }
        return std::nullopt;
    }
    void index() {
        for (auto i = first_ + indexes_.size(); i < outs_.size(); ++i) indexes_.emplace(outs_[i].at.written, i);
    }

    std::vector<StageOutput>& outs_;
    std::size_t first_;
    OutputRole role_;
    std::unordered_map<std::string, std::size_t> indexes_;
};

}  // namespace

void read_outputs(const Value& list, OutputRole role, const DocumentFacts& document, std::string_view wdir,
                  Scope& scope, std::vector<StageOutput>& outs) {
    constexpr std::string_view expected = "a list of paths, with or without flags";
    const auto name = name_of(role);
    const auto items = items_of(list, name, expected, outputs_example);
    outs.reserve(outs.size() + items.size());
    OutputList made{outs, role};
    for (const auto& item : items) {
        if (item.is(ValueKind::string)) {
            auto at = read_path(item, name, document, wdir, scope);
            check_place(at, item);
            check_reach(made.at(std::move(at)), item, document.dialect, scope);
            continue;
        }
        for (const auto& member : members_of(item, name, expected, outputs_example)) {
            auto at = read_path(member.key, name, document, wdir, scope);
            check_place(at, member.key);
            auto& out = made.at(std::move(at));
            for (const auto& flag :
                 members_of(member.value, member.name(), "a mapping of flags", "- model.bin: {cache: false}")) {
                const auto known = flags_of(role);
                if (std::find(known.begin(), known.end(), flag.name()) == known.end()) {
                    throw unknown_key(flag.key, quoted(member.name()), known);
                }
                FlagsReader{document.dialect, scope, out}.read(flag);
            }
            check_reach(out, member.key, document.dialect, scope);
        }
    }
}

}  // namespace mlo::pipeline

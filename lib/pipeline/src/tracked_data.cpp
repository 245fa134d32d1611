// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include <mlo/pipeline/documents.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>

#include "lock_format.hpp"
#include "stage_paths.hpp"

namespace mlo::pipeline {

namespace {

[[noreturn]] void refuse(const Value& value, std::string message) {
    throw Error{errors::tracked_invalid, std::move(message)}
        .at(value.place())
        .hint("restore the file: git checkout -- FILE, or make it again with dvc add");
}

bool is_there(const std::optional<Value>& value) { return value && !value->is_null(); }

bool is_false(const std::optional<Value>& value) {
    return value && value->is(ValueKind::boolean) && !value->as_boolean();
}

std::vector<Value> outputs_of(const Value& top, const std::string& file) {
    if (top.is_null()) return {};
    if (!top.is(ValueKind::mapping)) refuse(top, fmt::format("{} does not say what it tracks", quoted(file)));
    const auto outs = top.find("outs");
    if (!is_there(outs)) return {};
    if (!outs->is(ValueKind::list)) refuse(*outs, "'outs' must be a list of what is tracked");
    return outs->items();
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

/// The members of one output, each on a line of its own, as DVC lays them out.
class OutputLines {
public:
    /// `text` as lines; `output` starts in it.
    OutputLines(std::vector<std::string>& lines, TextPlace output) : lines_{lines}, indent_{output.column - 1} {
        first_ = output.line - 1;
        end_ = first_ + 1;
        for (auto line = end_; line < lines_.size(); ++line) {
            const auto indent = indent_of(lines_[line]);
            const bool is_empty = indent == lines_[line].size() || lines_[line][indent] == '#';
            if (!is_empty && indent < indent_) break;
            if (!is_empty) end_ = line + 1;
        }
    }

    /// Writes over the value of `key`, leaving a comment behind it, or adds both at the end.
    void set(std::string_view key, std::string_view value) {
        const auto line = find(key);
        if (line == end_) {
            lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(end_++),
                          fmt::format("{}{}: {}", std::string(indent_, ' '), key, value));
            return;
        }
        auto& text = lines_[line];
        const auto begin = indent_ + key.size() + 2;
        const auto end = std::min(text.find(' ', begin), text.size());
        text.replace(begin, end - begin, value);
    }

    /// False if it stands where no line can go.
    [[nodiscard]] bool remove(std::string_view key) {
        const auto line = find(key);
        if (line == end_) return true;
        if (line == first_) return false;
        lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(line));
        --end_;
        return true;
    }

private:
    [[nodiscard]] std::size_t find(std::string_view key) const {
        const auto start = fmt::format("{}: ", key);
        for (auto line = first_; line < end_; ++line) {
            const auto indent = line == first_ ? indent_ : indent_of(lines_[line]);
            if (indent == indent_ && std::string_view{lines_[line]}.substr(indent).starts_with(start)) return line;
        }
        return end_;
    }

    std::vector<std::string>& lines_;
    std::size_t indent_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;  ///< behind the last line of the output
};

/// As a reader of the file would find it.
bool says(std::string_view text, const std::string& file, std::size_t index, const PathState& state) {
    try {
        const auto document = yaml::parse(text, file, {}, yaml::Extensions::dvc);
        auto read = read_dvc_state(outputs_of(document.root(), file).at(index));
        read.id = state.id;
        return read == state;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

std::vector<TrackedData> parse_tracked(std::string_view text, const std::string& file, const std::string& root) {
    const auto document = yaml::parse(text, file, {}, yaml::Extensions::dvc);
    const auto top = document.root();
    const auto outs = outputs_of(top, file);
    std::vector<TrackedData> made;
    if (outs.empty()) return made;
    std::string base{path::parent(file)};
    const Paths paths{root};
    if (const auto wdir = top.find("wdir"); is_there(wdir)) {
        if (!wdir->is(ValueKind::string)) refuse(*wdir, "'wdir' must be a folder");
        base = paths.resolve(std::string{wdir->as_string()}, base, wdir->text_place()).path;
    }
    const bool is_imported = is_there(top.find("deps")) || is_there(top.find("cmd"));
    for (const auto& out : outs) {
        const auto path = out.is(ValueKind::mapping) ? out.find("path") : std::nullopt;
        if (!path || !path->is(ValueKind::string) || path->as_string().empty())
            refuse(out, "an entry of 'outs' has no 'path'");
        TrackedData data{.file = file,
                         .at = paths.resolve(std::string{path->as_string()}, base, path->text_place()),
                         .index = made.size(),
                         .is_cached = !is_false(out.find("cache")),
                         .is_imported = is_imported};
        if (auto state = read_dvc_state(out); !state.md5.empty()) data.state = std::move(state);
        made.push_back(std::move(data));
    }
    return made;
}

std::optional<std::string> with_state(std::string_view text, const std::string& file, std::size_t index,
                                      const PathState& state) {
    const auto document = yaml::parse(text, file, {}, yaml::Extensions::dvc);
    auto lines = split(text, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    OutputLines output{lines, outputs_of(document.root(), file).at(index).text_place()};
    output.set("md5", state.md5);
    output.set("size", fmt::to_string(state.size_bytes));
    bool is_possible = true;
    if (state.kind == store::ObjectKind::tree) {
        output.set("nfiles", fmt::to_string(state.files));
    } else {
        is_possible = output.remove("nfiles");
    }
    if (state.is_executable) {
        output.set("isexec", "true");
    } else {
        is_possible = output.remove("isexec") && is_possible;
    }
    output.set("hash", "md5");
    std::string changed;
    for (const auto& line : lines) changed += line + '\n';
    if (!is_possible || !says(changed, file, index, state)) return std::nullopt;
    return changed;
}

}  // namespace mlo::pipeline

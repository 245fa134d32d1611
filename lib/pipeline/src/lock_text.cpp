// SPDX-License-Identifier: Apache-2.0
#include "lock_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/errors.hpp>
#include <mlo/yaml/parse.hpp>

#include "block_lines.hpp"
#include "lock_format.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view mlo_schema = "mlo/pipeline-lock-v1";
constexpr std::string_view mlo_schema_family = "mlo/pipeline-lock-v";

/// The line at `at`, without its end, and where the next begins.
struct Line {
    std::string_view text;
    std::size_t next;
};

Line line_at(std::string_view text, std::size_t at) noexcept {
    const auto newline = text.find('\n', at);
    const auto end = newline == std::string_view::npos ? text.size() : newline;
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return {line, newline == std::string_view::npos ? end : newline + 1};
}

std::size_t indent_of(std::string_view line) noexcept { return std::min(line.find_first_not_of(' '), line.size()); }

bool is_nothing_or_comment(std::string_view rest) noexcept {
    const auto text = trim(rest);
    return text.empty() || (text.front() == '#' && text.size() < rest.size());
}

bool is_marker(std::string_view line) noexcept {
    if (line.size() < 7 || std::string_view{"<=>|"}.find(line.front()) == std::string_view::npos) return false;
    return line.find_first_not_of(line.front()) == (line.size() == 7 ? std::string_view::npos : 7) &&
           (line.size() == 7 || line[7] == ' ');
}

/// DVC's YAML still takes three more characters for line breaks, and indents what follows them within quotes.
std::string without_folds(std::string_view block) {
    std::string text{block};
    for (const std::string_view c : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
        for (auto at = text.find(c); at != std::string::npos; at = text.find(c, at)) {
            at += c.size();
            text.erase(at, std::min(text.find_first_not_of(' ', at), text.size()) - at);
        }
    }
    return text;
}

bool is_plain_name(std::string_view name) noexcept {
    const auto is_safe = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"_-./@+=%^$~"}.find(c) != std::string_view::npos;
    };
    return !name.empty() && name.front() != '-' && name.front() != '@' && name.front() != '%' && name.front() != '=' &&
           std::all_of(name.begin(), name.end(), is_safe);
}

}  // namespace

LockText::LockText(Dialect dialect, std::string file, std::string text)
    : dialect_{dialect}, file_{std::move(file)}, text_{std::move(text)} {
    check_conflicts();
    if (trim(text_).empty()) {
        stages_begin_ = lead_begin_ = tail_begin_ = text_.size();
        return;
    }
    if (scan() == Scan::unusual || !is_frame_sound()) lay_out_anew();
    index();
}

std::string_view LockText::lead() const noexcept {
    const auto end = blocks_.empty() ? tail_begin_ : blocks_.front().begin;
    return std::string_view{text_}.substr(lead_begin_, end - lead_begin_);
}

std::string_view LockText::line_end() const noexcept {
    const auto newline = text_.find('\n');
    return newline != std::string::npos && newline > 0 && text_[newline - 1] == '\r' ? "\r\n" : "\n";
}

std::string LockText::place_of(std::size_t at) const {
    const auto lines = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    return format_place(file_, {static_cast<std::uint32_t>(lines) + 1, 1});
}

void LockText::check_conflicts() const {
    const std::string_view text{text_};
    for (const char c : {'<', '|', '=', '>'}) {
        const std::string marker(7, c);
        for (auto at = text.find(marker); at != std::string_view::npos; at = text.find(marker, at + 1)) {
            if ((at > 0 && text[at - 1] != '\n') || !is_marker(line_at(text, at).text)) continue;
            throw Error{errors::lock_conflict, fmt::format("lock {} has merge conflict markers", quoted(file_))}
                .at(place_of(at))
                .hint(fmt::format("git checkout --theirs {}, then run the pipeline", file_));
        }
    }
}

LockText::Scan LockText::scan() {
    std::size_t at = 0;
    while (true) {
        if (at >= text_.size()) return Scan::unusual;
        const auto [line, next] = line_at(text_, at);
        if (line.starts_with("stages:")) {
            const auto rest = line.substr(std::string_view{"stages:"}.size());
            stages_begin_ = at;
            lead_begin_ = next;
            at = next;
            if (trim(rest) == "{}") break;
            if (!is_nothing_or_comment(rest)) return Scan::unusual;
            if (scan_stages(at) == Scan::unusual) return Scan::unusual;
            break;
        }
        if (line.starts_with('%') || line.starts_with("---") || line.starts_with("...")) return Scan::unusual;
        at = next;
    }
    tail_begin_ = at;
    if (!blocks_.empty()) blocks_.back().end = at;
    return Scan::done;
}

LockText::Scan LockText::scan_stages(std::size_t& at) {
    bool is_after_question = false;
    while (at < text_.size()) {
        const auto [line, next] = line_at(text_, at);
        const auto indent = indent_of(line);
        if (indent == line.size() || line[indent] == '#') {
            at = next;
            continue;
        }
        if (indent == 0) return line.starts_with("...") || line.starts_with("---") ? Scan::unusual : Scan::done;
        if (indent == 1 || line[indent] == '\t' || (indent > 2 && blocks_.empty())) return Scan::unusual;
        if (indent == 2 && is_after_question) {
            if (line[2] != ':') return Scan::unusual;
            is_after_question = false;
            if (scan_name(blocks_.back().begin, at) == Scan::unusual) return Scan::unusual;
        } else if (indent == 2) {
            if (!blocks_.empty()) blocks_.back().end = at;
            blocks_.push_back({.name = {}, .begin = at, .end = text_.size()});
            is_after_question = line.substr(2).starts_with("? ");
            const auto name = line.substr(2, line.size() - (line.ends_with(':') ? 3 : 2));
            if (line.ends_with(':') && is_plain_name(name)) {
                blocks_.back().name = name;
            } else if (!is_after_question && scan_name(at, next) == Scan::unusual) {
                return Scan::unusual;
            }
        }
        at = next;
    }
    return is_after_question ? Scan::unusual : Scan::done;
}

/// A name in quotes, or after a question mark: its lines alone are a mapping with nothing behind the name.
LockText::Scan LockText::scan_name(std::size_t begin, std::size_t end) {
    try {
        const auto line = parse(std::string_view{text_}.substr(begin, end - begin));
        if (!line.root().is(ValueKind::mapping) || line.root().size() != 1) return Scan::unusual;
        blocks_.back().name = names_.emplace_back(line.root().members().front().name());
        return Scan::done;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        return Scan::unusual;
    }
}

/// Is what stands around the stages a mapping of its own?
bool LockText::is_frame_sound() const {
    std::string frame{head()};
    frame += "stages: {}\n";
    if (!tail().empty()) {
        const auto first = text_.begin() + static_cast<std::ptrdiff_t>(lead_begin_);
        const auto lines = std::count(first, text_.begin() + static_cast<std::ptrdiff_t>(tail_begin_), '\n');
        frame.append(static_cast<std::size_t>(lines), '\n').append(tail());
    }
    std::optional<Document> document;
    try {
        document = parse(frame);
        if (!document->root().is(ValueKind::mapping) || !document->root().find("schema")) return false;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        return false;
    }
    try {
        check_schema(document->root());
    } catch (const Error& error) {
        rethrow(error, fmt::format("lock {}", quoted(file_)));
    }
    return true;
}

std::string LockText::way_back() const {
    return fmt::format("git checkout -- {0}, or remove {0}: the stages then run again", printable(file_));
}

void LockText::check_schema(const Value& top) const {
    const auto schema = top.find("schema");
    if (dialect_ == Dialect::dvc) {
        if (schema->is(ValueKind::string) && schema->as_string() == "2.0") return;
        if (!schema->is(ValueKind::string)) {
            throw Error{errors::lock_invalid, "'schema' must be a string, such as '2.0'"}
                .at(schema->place())
                .hint(way_back());
        }
        throw Error{errors::lock_newer,
                    fmt::format("lock {} has schema {}, known is '2.0'", quoted(file_), quoted(schema->as_string()))}
            .at(schema->place())
            .hint(way_back());
    }
    const auto name = schema && schema->is(ValueKind::string) ? schema->as_string() : std::string_view{};
    if (name == mlo_schema) {
        top.allow_only({"schema", "stages"});
        return;
    }
    const auto place = schema ? schema->place() : top.place();
    if (name.starts_with(mlo_schema_family)) {
        throw Error{errors::lock_newer,
                    fmt::format("lock {} has schema {}, known is '{}'", quoted(file_), quoted(name), mlo_schema)}
            .at(place)
            .hint(fmt::format("use the newer mlo that wrote it, or remove {}: the stages then run again",
                              printable(file_)));
    }
    throw Error{errors::lock_invalid,
                fmt::format("{} is no lock of a pipeline: its 'schema' is not '{}'", quoted(file_), mlo_schema)}
        .at(place)
        .hint(way_back());
}

void LockText::lay_out_anew() {
    blocks_.clear();
    names_.clear();
    try {
        whole_ = parse(text_);
        const auto top = whole_->root();
        if (!top.is(ValueKind::mapping)) top.fail_type("a mapping with 'schema' and 'stages'");
        std::string laid_out;
        if (dialect_ == Dialect::dvc) {
            Datum::Mapping members{{"schema", {std::string{"2.0"}}}};
            Datum stages{Datum::Mapping{}};
            if (!top.find("schema")) {
                stages = to_datum(top);  // 1.0: nothing but stages
            } else {
                check_schema(top);
                for (const auto& member : top.members()) {
                    if (member.name() == "schema") continue;
                    auto value = to_datum(member.value);
                    if (member.name() != "stages")
                        members.push_back({std::string{member.name()}, std::move(value)});
                    else if (!value.is_null())
                        stages = std::move(value);
                }
            }
            if (!std::holds_alternative<Datum::Mapping>(stages.content)) top.get("stages").fail_type("a mapping");
            members.push_back({"stages", std::move(stages)});
            laid_out = write_dvc_document({std::move(members)});
        } else {
            check_schema(top);
            laid_out = fmt::format("schema: {}\nstages:\n", mlo_schema);
            if (const auto stages = top.find("stages"); stages && !stages->is_null()) {
                for (const auto& member : stages->members()) {
                    laid_out += write_mlo_stage(member.name(), read_mlo_stage(member.value));
                }
            }
        }
        original_ = std::exchange(text_, std::move(laid_out));
        is_laid_out_anew_ = true;
    } catch (const Error& error) {
        rethrow(error, fmt::format("lock {}", quoted(file_)));
    }
    MLO_ASSERT(scan() == Scan::done);
}

void LockText::index() {
    by_name_.resize(blocks_.size());
    std::iota(by_name_.begin(), by_name_.end(), 0u);
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return blocks_[a].name < blocks_[b].name; };
    if (!std::is_sorted(by_name_.begin(), by_name_.end(), before))
        std::stable_sort(by_name_.begin(), by_name_.end(), before);
    const auto twice = std::adjacent_find(by_name_.begin(), by_name_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return blocks_[a].name == blocks_[b].name;
    });
    if (twice == by_name_.end()) return;
    const auto& second = blocks_[*(twice + 1)];
    throw Error{errors::lock_invalid, fmt::format("stage {} is there twice", quoted(second.name))}
        .at(place_of(second.begin))
        .note(fmt::format("first: {}", place_of(blocks_[*twice].begin)))
        .hint("remove one of the two");
}

const LockBlock* LockText::find(std::string_view stage) const noexcept {
    const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), stage,
                                        [&](std::uint32_t i, std::string_view name) { return blocks_[i].name < name; });
    return found != by_name_.end() && blocks_[*found].name == stage ? &blocks_[*found] : nullptr;
}

Document LockText::parse(std::string_view text) const {
    const auto extensions = dialect_ == Dialect::dvc ? yaml::Extensions::dvc : yaml::Extensions::none;
    return yaml::parse(text, file_, lock_limits, extensions);
}

Value LockText::value_of(std::string_view stage) const {
    if (!whole_) whole_ = parse(text_);
    const auto top = whole_->root();
    return (top.find("schema") ? top.get("stages") : top).get(stage);
}

StageRecord LockText::read(const LockBlock& block, StageRecord (*to_record)(const Value&)) const {
    if (!is_laid_out_anew_) {
        try {
            const auto text = text_of(block);
            auto part = parse_plain_lines(text, file_);
            if (!part) part = parse(without_folds(text));
            return to_record(part->root().get(block.name));
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::config) throw;
        }
    }
    // As a whole, for the places in messages and for aliases that lead out of the block.
    try {
        return to_record(value_of(block.name));
    } catch (const Error& error) {
        rethrow(error, fmt::format("stage {} in lock {}", quoted(block.name), quoted(file_)));
    }
}

void LockText::rethrow(const Error& error, std::string_view what) const {
    const std::string_view id = error.code().id;
    if (id == yaml::errors::merge_conflict.id) {
        throw Error{errors::lock_conflict, fmt::format("{} has merge conflict markers", what)}
            .at(error.place())
            .hint(fmt::format("git checkout --theirs {}, then run the pipeline", printable(file_)));
    }
    if (error.kind() != ErrorKind::config || id == errors::lock_invalid.id) throw error;
    Error invalid{errors::lock_invalid, fmt::format("{} cannot be read: {}", what, error.message())};
    invalid.at(error.place());
    for (const auto& note : error.notes()) invalid.note(note);
    throw invalid.hint(way_back());
}

}  // namespace mlo::pipeline

// SPDX-License-Identifier: Apache-2.0
#include <mlo/yaml/edit.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/util/document.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/errors.hpp>
#include <mlo/yaml/parse.hpp>
#include <mlo/yaml/writer.hpp>
#include <optional>

#include "lines.hpp"

// How an edit works: the parsed document says at which line and column keys are; the text from one key to the next is
// cut by lines and simple tokens. That covers what people and mlo write. Whatever else YAML allows is caught at the
// end, when the new text is parsed and must be the old document with that one change.

namespace mlo::yaml {
namespace {

using Path = std::span<const std::string>;

std::string setting_text(const Setting& setting) {
    if (const auto* flag = std::get_if<bool>(&setting)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&setting)) return fmt::to_string(*number);
    if (const auto* number = std::get_if<double>(&setting)) return scalar_text(*number);
    if (const auto* text = std::get_if<std::string>(&setting)) return scalar_text(*text);
    std::vector<std::string> items;
    for (const auto& item : std::get<std::vector<std::string>>(setting)) items.push_back(scalar_text(item));
    return fmt::format("[{}]", fmt::join(items, ", "));
}

bool holds(const Value& value, const Setting& setting) {
    if (const auto* flag = std::get_if<bool>(&setting))
        return value.is(ValueKind::boolean) && value.as_boolean() == *flag;
    if (const auto* number = std::get_if<std::int64_t>(&setting)) {
        return value.is(ValueKind::integer) && value.as_integer() == *number;
    }
    if (const auto* number = std::get_if<double>(&setting)) {
        return value.is(ValueKind::real) &&
               (value.as_real() == *number || (std::isnan(value.as_real()) && std::isnan(*number)));
    }
    if (const auto* text = std::get_if<std::string>(&setting))
        return value.is(ValueKind::string) && value.as_string() == *text;
    if (!value.is(ValueKind::list)) return false;
    const auto items = value.items();
    const auto& texts = std::get<std::vector<std::string>>(setting);
    return std::equal(items.begin(), items.end(), texts.begin(), texts.end(),
                      [](const Value& item, const std::string& text) {
                          return item.is(ValueKind::string) && item.as_string() == text;
                      });
}

std::vector<Member> members_of(const std::optional<Value>& value) {
    return value && value->is(ValueKind::mapping) ? value->members() : std::vector<Member>{};
}

/// True if `after` is `before` with the value at `path` set (or removed where there is no setting), and nothing else
/// changed.
bool is_edit(const std::optional<Value>& before, const Value& after, Path path, const Setting* setting) {
    if (path.empty()) return setting != nullptr && holds(after, *setting);
    const auto old_members = members_of(before);
    const auto new_members = members_of(after);
    if (!after.is(ValueKind::mapping) && !(setting == nullptr && after.is_null())) return false;
    const bool removes_here = setting == nullptr && path.size() == 1;
    std::size_t next = 0;
    bool found = false;
    for (const auto& member : old_members) {
        const bool on_path = member.name() == path.front();
        found = found || on_path;
        if (on_path && removes_here) continue;
        if (next == new_members.size() || new_members[next].name() != member.name()) return false;
        const auto& value = new_members[next++].value;
        if (on_path ? !is_edit(member.value, value, path.subspan(1), setting) : !same_content(member.value, value))
            return false;
    }
    if (!found && setting != nullptr) {
        if (next == new_members.size() || new_members[next].name() != path.front()) return false;
        if (!is_edit(std::nullopt, new_members[next++].value, path.subspan(1), setting)) return false;
    }
    return next == new_members.size();
}

/// A member and the line before which whatever belongs to it ends.
struct Entry {
    Member member;
    std::size_t end_line;
};

class Editor {
public:
    Editor(std::string_view text, std::string_view file)
        : file_{file}, text_{text}, lines_{text}, document_{parse(text, file)} {}

    std::string set(Path path, const Setting& setting) {
        const auto way = walk(path);
        const auto value_text = setting_text(setting);
        if (way.size() == path.size()) return checked(replace_value(way.back(), value_text), path, &setting);
        const auto rest = path.subspan(way.size());
        if (way.empty() && document_.root().is_null())
            return checked(append(members_text(rest, value_text, 0)), path, &setting);
        const auto parent = way.empty() ? document_.root() : way.back().member.value;
        if (parent.is(ValueKind::mapping) && parent.size() > 0) {
            return checked(insert_after_last(parent, way, rest, value_text), path, &setting);
        }
        if (way.empty()) fail(parent.text_place());
        return checked(fill_empty(way.back(), rest, value_text), path, &setting);
    }

    std::string remove(Path path) {
        auto way = walk(path);
        if (way.size() < path.size()) return std::string{text_};
        while (way.size() > 1 && way[way.size() - 2].member.value.size() == 1) way.pop_back();
        const auto& entry = way.back();
        require_own_line(entry);
        const auto from = lines_.start(first_line(entry));
        const auto to = lines_.start(last_line(entry) + 1);
        return checked(std::string{text_.substr(0, from)} + std::string{text_.substr(to)}, path.first(way.size()),
                       nullptr);
    }

private:
    [[noreturn]] void fail(TextPlace place) const {
        throw Error{errors::not_editable, "cannot change this key without touching the rest of the file"}
            .at(format_place(file_, place))
            .hint(fmt::format("edit {} by hand", quoted(file_)));
    }

    /// The entries along `path`, as far as they exist.
    [[nodiscard]] std::vector<Entry> walk(Path path) const {
        std::vector<Entry> way;
        auto mapping = document_.root();
        auto end_line = lines_.count();
        for (const auto& name : path) {
            if (mapping.is_null()) break;
            const auto members = mapping.members();
            const auto found =
                std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name() == name; });
            if (found == members.end()) break;
            if (found + 1 != members.end()) end_line = (found + 1)->key.text_place().line - 1;
            way.push_back({*found, end_line});
            // What an alias stands for is written elsewhere, and may be meant for others too.
            if (way.size() < path.size() && is_before(found->value, found->key)) fail(found->key.text_place());
            mapping = found->value;
        }
        return way;
    }

    [[nodiscard]] static bool is_before(const Value& a, const Value& b) {
        const auto x = a.text_place();
        const auto y = b.text_place();
        return x.line < y.line || (x.line == y.line && x.column < y.column);
    }

    [[nodiscard]] static std::size_t first_line(const Entry& entry) { return entry.member.key.text_place().line - 1; }

    /// The last line that belongs to an entry: blank lines and comments at its end do not, except for what is indented
    /// below a value of several lines, where it may be text.
    [[nodiscard]] std::size_t last_line(const Entry& entry) const {
        const auto first = first_line(entry);
        auto last = first;
        for (auto line = first + 1; line < entry.end_line && !lines_.is_document_marker(line); ++line) {
            if (lines_.has_content(line)) last = line;
        }
        if (last == first && !lines_.starts_block_scalar(value_start(entry))) return last;
        const auto indent = entry.member.key.text_place().column - 1;
        while (last + 1 < entry.end_line && lines_.is_comment(last + 1) && lines_.indent(last + 1) > indent) ++last;
        return last;
    }

    [[nodiscard]] std::size_t key_offset(const Entry& entry) const {
        return lines_.offset(entry.member.key.text_place());
    }

    /// Just after the colon of a key.
    [[nodiscard]] std::size_t value_start(const Entry& entry) const {
        const auto offset = lines_.after_colon(key_offset(entry));
        if (!offset) fail(entry.member.key.text_place());
        return *offset;
    }

    void require_own_line(const Entry& entry) const {
        const auto from = lines_.start(first_line(entry));
        const auto before = text_.substr(from, key_offset(entry) - from);
        if (before.find_first_not_of(' ') != std::string_view::npos) fail(entry.member.key.text_place());
    }

    [[nodiscard]] std::string with_replaced(std::size_t from, std::size_t to, std::string_view by) const {
        return std::string{text_.substr(0, from)} + std::string{by} + std::string{text_.substr(to)};
    }

    [[nodiscard]] std::size_t value_end(const Entry& entry) const {
        const auto last = last_line(entry);
        const auto start = value_start(entry);
        if (last != first_line(entry) || lines_.starts_block_scalar(start)) return lines_.content_end(last);
        return lines_.token_end(start);
    }

    [[nodiscard]] std::string replace_value(const Entry& entry, std::string_view value) const {
        const auto start = value_start(entry);
        return with_replaced(start, value_end(entry), fmt::format(" {}", value));
    }

    /// `path` as block mappings within each other, a key a line, ending with the value.
    [[nodiscard]] std::string members_text(Path path, std::string_view value, std::size_t indent) const {
        std::string text;
        for (const auto& name : path) {
            if (!text.empty()) text += lines_.line_break();
            text += fmt::format("{}{}:", std::string(indent, ' '), scalar_text(name));
            indent += 2;
        }
        return fmt::format("{} {}", text, value);
    }

    [[nodiscard]] std::string append(std::string_view members) const {
        const auto line_break = text_.empty() || text_.ends_with('\n') ? std::string_view{} : lines_.line_break();
        return fmt::format("{}{}{}{}", text_, line_break, members, lines_.line_break());
    }

    [[nodiscard]] std::string insert_line(std::size_t after, std::string_view members) const {
        const auto at = lines_.content_end(after);
        return with_replaced(at, at, fmt::format("{}{}", lines_.line_break(), members));
    }

    [[nodiscard]] std::string insert_after_last(const Value& mapping, const std::vector<Entry>& way, Path rest,
                                                std::string_view value) const {
        const auto members = mapping.members();
        if (text_[lines_.offset(mapping.text_place())] == '{') fail(mapping.text_place());
        const Entry last{members.back(), way.empty() ? lines_.count() : way.back().end_line};
        require_own_line(last);
        const auto indent = last.member.key.text_place().column - 1;
        return insert_line(last_line(last), members_text(rest, value, indent));
    }

    /// Puts members below a key that has null or {} so far.
    [[nodiscard]] std::string fill_empty(const Entry& entry, Path rest, std::string_view value) const {
        const auto members = members_text(rest, value, entry.member.key.text_place().column + 1);
        const auto start = value_start(entry);
        const auto end = value_end(entry);
        if (trim(text_.substr(start, end - start)).empty()) return insert_line(first_line(entry), members);
        return with_replaced(start, end, fmt::format("{}{}", lines_.line_break(), members));
    }

    [[nodiscard]] std::string checked(std::string text, Path path, const Setting* setting) const {
        try {
            if (is_edit(document_.root(), parse(text, file_).root(), path, setting)) return text;
        } catch (const Error&) {
            // The new text is not YAML: the layout was beyond what this editor knows.
        }
        fail(document_.root().text_place());
    }

    std::string file_;
    std::string_view text_;
    Lines lines_;
    Document document_;
};

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

std::string set_key(std::string_view text, std::string_view file, std::span<const std::string> path,
                    const Setting& setting) {
    MLO_ASSERT(!path.empty());
    const auto mark = text.starts_with(byte_order_mark) ? byte_order_mark : std::string_view{};
    return std::string{mark} + Editor{text.substr(mark.size()), file}.set(path, setting);
}

std::string remove_key(std::string_view text, std::string_view file, std::span<const std::string> path) {
    MLO_ASSERT(!path.empty());
    const auto mark = text.starts_with(byte_order_mark) ? byte_order_mark : std::string_view{};
    return std::string{mark} + Editor{text.substr(mark.size()), file}.remove(path);
}

}  // namespace mlo::yaml

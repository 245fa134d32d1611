// SPDX-License-Identifier: Apache-2.0
#include <mlo/yaml/parse.hpp>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/errors.hpp>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "schema.hpp"

namespace mlo::yaml {
namespace {

constexpr std::string_view core_tag = "tag:yaml.org,2002:";
constexpr std::string_view text_tag = "tag:yaml.org,2002:str";

// The library's names for "no tag, plain scalar" and "no tag, quoted scalar".
constexpr std::string_view plain_tag = "?";
constexpr std::string_view quoted_tag = "!";

std::string shown_tag(std::string_view tag) {
    return quoted(tag.starts_with(core_tag) ? "!!" + std::string{tag.substr(core_tag.size())} : std::string{tag});
}

/// The library gives the escapes \N and \_ as the bytes 85 and A0 alone instead of in UTF-8. As the text around them is
/// valid, they are the only continuation bytes that stand where a character starts.
std::string with_mended_escapes(std::string_view text) {
    std::string mended;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0u) == 0x80u) mended.push_back('\xc2');
        const std::size_t length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        mended += text.substr(i, length);
        i += length;
    }
    return mended;
}

/// Where a scalar's opening quote is, behind its tag and anchor; nothing if it has none.
std::optional<std::size_t> first_quote(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view white_space = " \t\r\n";
    while (at < text.size()) {
        switch (text[at]) {
            case '\'':
            case '"':
                return at;
            case '&':
            case '!':
                at = text.find_first_of(white_space, at);
                break;
            case '#':
                at = text.find('\n', at);
                break;
            default:
                if (white_space.find(text[at]) == std::string_view::npos) return std::nullopt;
                ++at;
        }
    }
    return std::nullopt;
}

bool is_closed(std::string_view text, std::size_t quote) noexcept {
    const char mark = text[quote];
    for (auto at = quote + 1; at < text.size(); ++at) {
        if (mark == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == mark) {
            if (mark == '"' || at + 1 == text.size() || text[at + 1] != mark) return true;
            ++at;
        }
    }
    return false;
}

class Handler final : public YAML::EventHandler {
public:
    Handler(std::string_view text, std::string_view file, const DocumentLimits& limits, Extensions extensions)
        : places_{text}, builder_{std::string{file}, limits}, extensions_{extensions}, limit_{limits.nodes} {}

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (merging()) fail_merge(mark);
        if (builder_.expects_key()) fail(mark, "a key must be a string, not null");
        remember(anchor, builder_.null(place(mark)));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (merging()) return add_source(mark, anchors_.at(anchor));
        if (builder_.expects_key()) fail(mark, "an alias cannot be a key");
        if (!builder_.alias(place(mark), anchors_.at(anchor))) fail(mark, "an alias within what it names");
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        last_quoted_.reset();
        if (tag != plain_tag) last_quoted_ = mark;
        if (merging()) fail_merge(mark);
        const auto value = is_valid_utf8(text) ? text : with_mended_escapes(text);
        if (builder_.expects_key()) {
            if (starts_merge(mark, tag, value)) return;
            return remember(anchor, key(mark, tag, value));
        }
        const bool as_text = tag == quoted_tag || tag == text_tag;
        const auto resolved = as_text                          ? Resolved{std::string_view{value}}
                              : extensions_ == Extensions::dvc ? resolve_plain_for_dvc(value)
                                                               : resolve_plain(value);
        if (std::holds_alternative<OutOfRange>(resolved)) {
            throw Error{errors::number_out_of_range, fmt::format("the number {} is out of range", quoted(value))}
                .at(place_text(mark))
                .hint("put it in quotes if it is text");
        }
        if (tag == plain_tag || as_text) {
            remember(anchor, add(place(mark), resolved));
        } else {
            remember(anchor, add_tagged(mark, tag, value, resolved));
        }
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        if (merging()) {
            if (open_.back().merge != Merge::value || anchor != 0) fail_merge(mark);
            open_.back().merge = Merge::list;
            return;
        }
        check_collection(mark, tag, "seq");
        open_.push_back({builder_.begin_list(place(mark)), Merge::none, {}, {}});
        remember(anchor, open_.back().index);
    }
    void OnSequenceEnd() override {
        if (merging()) {
            open_.back().merge = Merge::none;
            return;
        }
        builder_.end();
        open_.pop_back();
    }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        if (merging()) fail_merge(mark);
        check_collection(mark, tag, "map");
        open_.push_back({builder_.begin_mapping(place(mark)), Merge::none, {}, {}});
        remember(anchor, open_.back().index);
    }
    void OnMapEnd() override {
        if (!open_.back().sources.empty()) add_merged(open_.back());
        builder_.end();
        open_.pop_back();
    }

    /// The library takes the end of the text for a closing quote where a line begins there. Only what is read last can
    /// reach that far.
    void check_last_quote(std::string_view text) {
        if (!last_quoted_) return;
        const auto quote = first_quote(text, static_cast<std::size_t>(std::max(last_quoted_->pos, 0)));
        if (!quote || is_closed(text, *quote)) return;
        throw Error{errors::not_yaml, fmt::format("not valid YAML: the quote {} is never closed", text[*quote])}.at(
            builder_.place_text(places_.at(*quote)));
    }

    [[nodiscard]] std::string place_text(const YAML::Mark& mark) { return builder_.place_text(place(mark)); }
    [[nodiscard]] DocumentBuilder& builder() noexcept { return builder_; }

private:
    [[nodiscard]] TextPlace place(const YAML::Mark& mark) noexcept {
        return places_.at(static_cast<std::size_t>(std::max(mark.pos, 0)));
    }
    [[noreturn]] void fail(const YAML::Mark& mark, std::string message) {
        throw Error{errors::unsupported_feature, std::move(message)}.at(place_text(mark));
    }
    void remember(YAML::anchor_t anchor, std::uint32_t index) {
        if (anchor != 0) anchors_.insert_or_assign(anchor, index);
    }

    /// How far a merge key of the innermost mapping is: before its value, within a list, or there is none.
    enum class Merge : std::uint8_t { none, value, list };
    struct Open {
        std::uint32_t index;
        Merge merge;
        TextPlace merge_place;
        std::vector<std::uint32_t> sources;  ///< mappings to merge, at the end
    };

    [[nodiscard]] bool merging() const noexcept { return !open_.empty() && open_.back().merge != Merge::none; }
    [[noreturn]] void fail_merge(const YAML::Mark& mark) {
        fail(mark, "'<<' merges aliases of mappings: '<<: *a', '<<: [*a, *b]'");
    }

    bool starts_merge(const YAML::Mark& mark, std::string_view tag, std::string_view name) {
        if (extensions_ != Extensions::dvc || tag != plain_tag || name != "<<") return false;
        if (!open_.back().sources.empty()) fail(mark, "a mapping can have one '<<'");
        open_.back().merge = Merge::value;
        open_.back().merge_place = place(mark);
        return true;
    }

    void add_source(const YAML::Mark& mark, std::uint32_t source) {
        const bool is_open = std::any_of(open_.begin(), open_.end(), [&](const Open& o) { return o.index == source; });
        if (is_open) fail(mark, "an alias within what it names");
        if (builder_.kind(source) != ValueKind::mapping) fail_merge(mark);
        open_.back().sources.push_back(source);
        if (open_.back().merge == Merge::value) open_.back().merge = Merge::none;
    }

    /// Members that are looked at count as values, also those that are not taken.
    void count_merged(std::size_t members, TextPlace place) {
        merged_ += members;
        if (merged_ <= limit_) return;
        throw Error{mlo::errors::document_too_large, fmt::format("more than {} values merged", format_count(limit_))}
            .at(builder_.place_text(place));
    }

    /// What the mapping says itself counts, then what an earlier source says.
    void add_merged(const Open& mapping) {
        std::unordered_set<std::string> names;
        for (const auto& member : builder_.members(mapping.index)) names.insert(member.name);
        for (const auto source : mapping.sources) {
            const auto members = builder_.members(source);
            count_merged(members.size(), mapping.merge_place);
            for (const auto& member : members) {
                if (!names.insert(member.name).second) continue;
                builder_.key(mapping.merge_place, member.name);
                const bool has_ended = builder_.alias(mapping.merge_place, member.value);
                MLO_ASSERT(has_ended);
            }
        }
    }

    std::uint32_t key(const YAML::Mark& mark, std::string_view tag, std::string_view name) {
        if (tag == plain_tag && name == "<<") {
            throw Error{errors::unsupported_feature, "merge keys ('<<') are not supported"}
                .at(place_text(mark))
                .hint("write the merged keys out, or quote a key that is really named '<<'");
        }
        if (tag != plain_tag && tag != quoted_tag && tag != text_tag) {
            fail(mark, fmt::format("a key cannot have the tag {}", shown_tag(tag)));
        }
        return builder_.key(place(mark), name);
    }

    void check_collection(const YAML::Mark& mark, std::string_view tag, std::string_view expected) {
        if (builder_.expects_key()) fail(mark, "a key must be a string, not a list or mapping");
        if (tag.empty() || tag == plain_tag || tag == quoted_tag ||
            (tag.starts_with(core_tag) && tag.substr(core_tag.size()) == expected))
            return;
        fail(mark, fmt::format("the tag {} is not supported here", shown_tag(tag)));
    }

    std::uint32_t add(TextPlace place, const Resolved& value) {
        if (const auto* flag = std::get_if<bool>(&value)) return builder_.boolean(place, *flag);
        if (const auto* number = std::get_if<std::int64_t>(&value)) return builder_.integer(place, *number);
        if (const auto* number = std::get_if<std::uint64_t>(&value)) return builder_.unsigned_integer(place, *number);
        if (const auto* number = std::get_if<double>(&value)) return builder_.real(place, *number);
        if (const auto* text = std::get_if<std::string_view>(&value)) return builder_.string(place, *text);
        return builder_.null(place);
    }

    std::uint32_t add_tagged(const YAML::Mark& mark, std::string_view tag, std::string_view text,
                             const Resolved& value) {
        const bool is_integer =
            std::holds_alternative<std::int64_t>(value) || std::holds_alternative<std::uint64_t>(value);
        const auto name = tag.starts_with(core_tag) ? tag.substr(core_tag.size()) : std::string_view{};
        if (name != "null" && name != "bool" && name != "int" && name != "float") {
            fail(mark, fmt::format("the tag {} is not supported here", shown_tag(tag)));
        }
        if ((name == "null" && std::holds_alternative<std::monostate>(value)) ||
            (name == "bool" && std::holds_alternative<bool>(value)) || (name == "int" && is_integer) ||
            (name == "float" && std::holds_alternative<double>(value))) {
            return add(place(mark), value);
        }
        if (name == "float" && is_integer) {
            const auto* small = std::get_if<std::int64_t>(&value);
            return builder_.real(place(mark), small != nullptr ? static_cast<double>(*small)
                                                               : static_cast<double>(std::get<std::uint64_t>(value)));
        }
        throw Error{errors::tag_mismatch,
                    fmt::format("{} does not have the type of its tag {}", quoted(text), shown_tag(tag))}
            .at(place_text(mark));
    }

    PlaceCounter places_;
    DocumentBuilder builder_;
    Extensions extensions_;
    std::uint64_t limit_;
    std::uint64_t merged_ = 0;
    std::optional<YAML::Mark> last_quoted_;  ///< where the last scalar begins, if it may have quotes
    std::vector<Open> open_;
    std::unordered_map<YAML::anchor_t, std::uint32_t> anchors_;
};

/// Stops the parser where a second document starts. The library never gets to read on: for `,` it would start documents
/// without end.
class StopHandler final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark& mark) override { throw mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

bool is_conflict_marker(std::string_view line) noexcept {
    constexpr std::size_t marker_length = 7;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto marker = line.substr(0, marker_length);
    if (marker == "=======") return line.size() == marker_length;
    return (marker == "<<<<<<<" || marker == "|||||||" || marker == ">>>>>>>") &&
           (line.size() == marker_length || line[marker_length] == ' ');
}

/// Refuses what the library would misread: it takes byte 4 for the end of the text and zeros for UTF-16.
void check_characters(std::string_view text, std::string_view file) {
    PlaceCounter places{text};
    for (std::size_t line_start = 0; line_start < text.size();) {
        const auto line_end = std::min(text.find('\n', line_start), text.size());
        const auto line = text.substr(line_start, line_end - line_start);
        if (is_conflict_marker(line)) {
            throw Error{errors::merge_conflict, fmt::format("{} has merge conflict markers", quoted(file))}
                .at(format_place(file, places.at(line_start)))
                .hint("settle the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>");
        }
        for (std::size_t i = 0; i < line.size(); ++i) {
            const auto byte = static_cast<unsigned char>(line[i]);
            const bool ends_line = byte == '\r' && i + 1 == line.size();
            if ((byte >= 0x20 && byte != 0x7f) || byte == '\t' || ends_line) continue;
            throw Error{errors::not_yaml,
                        fmt::format("not valid YAML: control character {}", quoted(line.substr(i, 1)))}
                .at(format_place(file, places.at(line_start + i)));
        }
        line_start = line_end + 1;
    }
}

void refuse_rest(YAML::Parser& parser, Handler& handler) {
    StopHandler stop;
    try {
        if (!parser || !parser.HandleNextDocument(stop)) return;
    } catch (const YAML::Mark& mark) {
        throw Error{errors::more_than_one_document, "only one YAML document may stand here"}.at(
            handler.place_text(mark));
    }
    MLO_ASSERT(false);
}

/// What the parser stumbled over, where it is a tab before the text of its line: its own words would be others each
/// time.
void refuse_tab(std::string_view text, std::string_view file, const YAML::Mark& mark) {
    std::size_t begin = 0;
    for (int line = 0; line < mark.line; ++line) {
        const auto end = text.find('\n', begin);
        if (end == text.npos) return;
        begin = end + 1;
    }
    const auto row = text.substr(begin, text.find('\n', begin) - begin);
    const auto tab = row.find_first_not_of(" -?");
    if (tab == row.npos || row[tab] != '\t') return;
    throw Error{errors::not_yaml, "a tab in the indentation, where YAML takes spaces alone"}
        .at(format_place(file, {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(tab) + 1}))
        .hint("write spaces in its place");
}

}  // namespace

Document parse(std::string_view text, std::string_view file, const DocumentLimits& limits, Extensions extensions) {
    check_document_text(text, file, limits);
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    check_characters(text, file);
    Handler handler{text, file, limits, extensions};
    try {
        std::istringstream input{std::string{text}};
        YAML::Parser parser{input};
        if (!parser.HandleNextDocument(handler)) handler.builder().null({});
        handler.check_last_quote(text);
        refuse_rest(parser, handler);
    } catch (const YAML::ParserException& error) {
        refuse_tab(text, file, error.mark);
        throw Error{errors::not_yaml, fmt::format("not valid YAML: {}", printable(error.msg))}.at(
            handler.place_text(error.mark));
    }
    return handler.builder().finish();
}

std::string_view library_version() noexcept { return MLO_YAML_CPP_VERSION; }

}  // namespace mlo::yaml

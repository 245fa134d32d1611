// SPDX-License-Identifier: Apache-2.0
#include "layer_file.hpp"

#include <algorithm>
#include <mlo/config/errors.hpp>
#include <mlo/util/document.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>

namespace mlo::config {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::string_view version_name = "version";

std::string_view last_segment(std::string_view name) { return name.substr(name.rfind('.') + 1); }

/// The key that was probably meant, also where only its section was left out.
std::optional<std::string> guess(std::span<const Key> table, std::string_view name) {
    std::vector<std::string> names;
    std::vector<std::string> by_last;
    for (const auto& key : table) {
        names.emplace_back(key.name);
        if (last_segment(key.name) == name) by_last.emplace_back(key.name);
    }
    return by_last.size() == 1 ? by_last.front() : closest_match(name, names);
}

bool is_section(std::span<const Key> table, std::string_view name) {
    const auto depth = split(name, '.').size();
    return std::any_of(table.begin(), table.end(), [&](const Key& key) {
        auto segments = split(key.name, '.');
        if (segments.size() <= depth) return false;
        std::string prefix;
        for (std::size_t i = 0; i < depth; ++i) prefix += (i > 0 ? "." : "") + segments[i];
        const Key section{
            .name = prefix, .type = ValueType::text, .values = {}, .fallback = {}, .trust = {}, .doc = {}};
        return find_key(std::span{&section, 1}, name) != nullptr;
    });
}

/// The text of a scalar or of a list of strings, as the user would write it in one line; nothing for the rest.
std::optional<std::string> text_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return value.as_boolean() ? "true" : "false";
        case ValueKind::integer:
            return std::to_string(value.as_integer());
        case ValueKind::string:
            return std::string{value.as_string()};
        case ValueKind::list: {
            std::string text;
            for (const auto& item : value.items()) {
                if (!item.is(ValueKind::string)) return std::nullopt;
                text.append(text.empty() ? "" : ",").append(item.as_string());
            }
            return text;
        }
        default:
            return std::nullopt;
    }
}

class Reader {
public:
    Reader(Layer layer, Believed believed, std::span<const Key> table, LogSink& log)
        : layer_{layer}, believed_{believed}, table_{table}, log_{log} {}

    std::vector<Setting> read(const Document& document) {
        const auto root = document.root();
        if (root.is_null()) return {};
        if (!root.is(ValueKind::mapping)) {
            throw Error{errors::bad_file, "a configuration consists of sections and settings"}.at(root.place());
        }
        if (const auto version = root.find(version_name)) {
            is_newer_ = version->as_integer() > format_version;
            if (is_newer_) {
                log_.log(LogLevel::warning, document.file() + " is of a newer format (" +
                                                std::to_string(version->as_integer()) +
                                                "): settings that this mlo does not know are left out");
            }
        }
        read_mapping(root, "");
        return std::move(settings_);
    }

private:
    void read_mapping(const Value& mapping, const std::string& prefix) {
        for (const auto& member : mapping.members()) {
            if (prefix.empty() && member.name() == version_name) continue;
            const auto name = prefix + std::string{member.name()};
            // "store.dir: x" must not pass for "store: {dir: x}": a key is spelled in one way.
            const bool is_spelled_right = member.name().find('.') == std::string_view::npos;
            const auto* key = is_spelled_right ? find_key(table_, name) : nullptr;
            if (key != nullptr) {
                read_setting(*key, name, member);
            } else if (is_spelled_right && is_section(table_, name)) {
                if (member.value.is_null()) continue;
                if (!member.value.is(ValueKind::mapping)) {
                    throw Error{errors::bad_file, quoted(name) + " is a section: its settings go below it, indented"}
                        .at(member.value.place());
                }
                read_mapping(member.value, name + ".");
            } else if (!is_newer_) {
                throw unknown_key(table_, name).at(member.key.place());
            }
        }
    }

    void read_setting(const Key& key, const std::string& name, const Member& member) {
        check_layer(key, name, member);
        const auto text = text_of(member.value);
        const auto value = text ? canonical_value(key, *text) : std::nullopt;
        if (!value) refuse_value(key, name, text.value_or(""), member.value.place());
        settings_.push_back({name, *value, &key, layer_, member.value.place()});
    }

    void check_layer(const Key& key, const std::string& name, const Member& member) const {
        if (key.trust == Trust::repository_only && layer_ != Layer::repository) {
            throw Error{errors::wrong_layer, quoted(name) + " belongs into the committed configuration alone"}.at(
                member.key.place());
        }
        if (key.trust != Trust::local) return;
        if (believed_ == Believed::committed) {
            throw Error{errors::not_trusted, quoted(name) + " may not be set by a committed file"}
                .at(member.key.place())
                .note("what comes with a clone is not trusted with paths, programs and credentials of this machine")
                .hint("remove the line; to set it for yourself: mlo config --local " + printable(name) + " VALUE");
        }
        if (believed_ == Believed::unsafe_owner) {
            throw Error{errors::unsafe_file, quoted(name) + " may only be set in a file that nobody else can write"}
                .at(member.key.place())
                .hint("look at the file, then take it over with chown and chmod 600");
        }
    }

    Layer layer_;
    Believed believed_;
    std::span<const Key> table_;
    LogSink& log_;
    bool is_newer_ = false;
    std::vector<Setting> settings_;
};

}  // namespace

Error unknown_key(std::span<const Key> table, std::string_view name) {
    Error error{errors::unknown_key, "there is no setting " + quoted(name)};
    if (const auto meant = guess(table, name)) {
        error.hint("did you mean " + quoted(*meant) + "?");
    } else {
        error.hint("mlo config --list --all");
    }
    return error;
}

void refuse_value(const Key& key, std::string_view name, std::string_view value, const std::string& place) {
    auto message = quoted(name) + " takes " + describe_values(key);
    if (!value.empty()) message += ", not " + quoted(value);
    Error error{errors::bad_value, std::move(message)};
    if (!place.empty()) error.at(place);
    throw Error{std::move(error)};
}

Setting checked_setting(std::span<const Key> table, std::string_view name, std::string_view value, Layer layer,
                        std::string place) {
    const auto* key = find_key(table, name);
    if (key == nullptr) throw unknown_key(table, name).at(place);
    if (key->trust == Trust::repository_only) {
        throw Error{errors::wrong_layer, quoted(name) + " belongs into the committed configuration alone"}.at(place);
    }
    const auto canonical = canonical_value(*key, value);
    if (!canonical) refuse_value(*key, name, value, place);
    return {std::string{name}, *canonical, key, layer, std::move(place)};
}

std::vector<Setting> read_settings(std::string_view text, const std::string& file, Layer layer, Believed believed,
                                   std::span<const Key> table, LogSink& log) {
    return Reader{layer, believed, table, log}.read(yaml::parse(text, file));
}

}  // namespace mlo::config

// SPDX-License-Identifier: Apache-2.0
#include "context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>

namespace mlo::pipeline {
namespace {

using Names = std::unordered_map<std::string_view, const Datum*>;

// Below this, looking through the members is faster than any index.
constexpr std::size_t indexed_from = 16;

const Datum::Mapping* mapping_of(const Datum* datum) noexcept {
    return datum == nullptr ? nullptr : std::get_if<Datum::Mapping>(&datum->content);
}

}  // namespace

/// What was merged, oldest first. A copy that merges leaves what it shares with others alone and goes on in `Values` of
/// its own before which it looks nowhere else: so the many stages with `vars` of their own never copy the context.
struct Context::Values {
    struct Layer {
        Datum mapping;  ///< where it meets mappings of earlier layers, merged with them
        std::string source;
    };

    std::shared_ptr<const Values> earlier;
    std::deque<Layer> layers;  ///< data in it stay where they are
    Names top;
    std::unordered_map<const Datum::Mapping*, Names> large;

    [[nodiscard]] const Datum* find(std::string_view name) const noexcept {
        for (const auto* values = this; values != nullptr; values = values->earlier.get()) {
            const auto found = values->top.find(name);
            if (found != values->top.end()) return found->second;
        }
        return nullptr;
    }

    void index(const Datum& datum) {
        if (const auto* const list = std::get_if<Datum::List>(&datum.content)) {
            for (const auto& element : *list) index(element);
        }
        const auto* const mapping = mapping_of(&datum);
        if (mapping == nullptr) return;
        for (const auto& member : *mapping) index(member.value);
        if (mapping->size() < indexed_from) return;
        auto& names = large[mapping];
        names.reserve(mapping->size());
        for (const auto& member : *mapping) names.emplace(member.name, &member.value);
    }

    /// All layers, oldest first.
    [[nodiscard]] std::vector<const Layer*> all_layers() const {
        auto all = earlier != nullptr ? earlier->all_layers() : std::vector<const Layer*>{};
        for (const auto& layer : layers) all.push_back(&layer);
        return all;
    }
};

namespace {

using Path = std::vector<std::string_view>;

/// Merges mappings of one source into what was there.
class Merger {
public:
    Merger(std::string_view source, std::function<std::string(const Path&)> origin_of)
        : source_{source}, origin_of_{std::move(origin_of)} {}

    /// Puts what `old` has and `fresh` has not in front of `fresh`, in the order of `old`.
    void merge(const Datum& old, Datum& fresh) {
        const auto* const before = mapping_of(&old);
        auto* const after = std::get_if<Datum::Mapping>(&fresh.content);
        if (before == nullptr || after == nullptr) fail();
        std::unordered_map<std::string_view, std::size_t> places;
        for (std::size_t i = 0; i < before->size(); ++i) places.emplace((*before)[i].name, i);
        std::vector<Datum::Member*> replaced(before->size(), nullptr);
        for (auto& member : *after) {
            const auto found = places.find(member.name);
            if (found == places.end()) continue;
            path_.push_back(member.name);
            merge((*before)[found->second].value, member.value);
            path_.pop_back();
            replaced[found->second] = &member;
        }
        Datum::Mapping merged;
        merged.reserve(before->size() + after->size());
        for (std::size_t i = 0; i < before->size(); ++i) {
            if (replaced[i] == nullptr) {
                merged.push_back((*before)[i]);
            } else {
                merged.push_back({(*before)[i].name, std::move(replaced[i]->value)});
            }
        }
        for (auto& member : *after) {
            if (places.count(member.name) == 0) merged.push_back(std::move(member));
        }
        *after = std::move(merged);
    }

    void enter(std::string_view name) { path_.assign(1, name); }

private:
    [[noreturn]] void fail() const {
        throw Error{errors::context_conflict, fmt::format("cannot set {} from {}: it comes from {} already",
                                                          quoted(fmt::format("{}", fmt::join(path_, "."))),
                                                          quoted(source_), quoted(origin_of_(path_)))}
            .hint("rename one of the two, or take it out of one of the sources");
    }

    std::string_view source_;
    std::function<std::string(const Path&)> origin_of_;
    Path path_;
};

}  // namespace

Context::Context() : values_{std::make_shared<Values>()} {}
Context::~Context() = default;
Context::Context(const Context& other) = default;
Context::Context(Context&& other) noexcept = default;
Context& Context::operator=(const Context& other) = default;
Context& Context::operator=(Context&& other) noexcept = default;

void Context::merge(Datum mapping, std::string_view source) {
    auto* const members = std::get_if<Datum::Mapping>(&mapping.content);
    MLO_ASSERT(members != nullptr);
    const auto origin_of = [&](const Path& path) -> std::string {
        for (const auto* layer : values_->all_layers()) {
            const auto* at = &layer->mapping;
            for (const auto name : path) at = at == nullptr ? nullptr : at->find(name);
            if (at != nullptr) return layer->source;
        }
        return {};
    };
    Merger merger{source, origin_of};
    for (auto& member : *members) {
        if (std::any_of(set_.begin(), set_.end(), [&](const auto& own) { return own.first == member.name; })) {
            throw Error{errors::context_conflict,
                        fmt::format("cannot set {} from {}: in 'foreach' and 'matrix' it is the element itself",
                                    quoted(member.name), quoted(source))}
                .hint(fmt::format("rename {} where it is set", quoted(member.name)));
        }
        merger.enter(member.name);
        if (const auto* const old = values_->find(member.name)) merger.merge(*old, member.value);
    }
    if (values_.use_count() > 1) {
        auto own = std::make_shared<Values>();
        own->earlier = std::move(values_);
        values_ = std::move(own);
    }
    auto& layer = values_->layers.emplace_back(Values::Layer{std::move(mapping), std::string{source}});
    for (const auto& member : std::get<Datum::Mapping>(layer.mapping.content)) {
        values_->index(member.value);
        values_->top.insert_or_assign(member.name, &member.value);
    }
}

void Context::set(std::string_view name, Datum value) {
    auto shared = std::make_shared<const Datum>(std::move(value));
    const auto found = std::find_if(set_.begin(), set_.end(), [&](const auto& own) { return own.first == name; });
    if (found != set_.end()) {
        found->second = std::move(shared);
    } else {
        set_.emplace_back(std::string{name}, std::move(shared));
    }
}

const Datum* Context::find(std::string_view expression) const {
    std::vector<std::string_view> names;
    if (split_expression(expression, names)) return nullptr;
    return ContextReader{*this}.find(names).value;
}

const Datum* list_element(const Datum::List& list, std::string_view index) noexcept {
    const bool is_negative = index.starts_with('-');
    if (is_negative || index.starts_with('+')) index.remove_prefix(1);
    std::size_t number = 0;
    bool after_digit = false;
    for (const char c : index) {
        if (c == '_' && after_digit) {
            after_digit = false;
            continue;
        }
        if (c < '0' || c > '9') return nullptr;
        number = std::min(number * 10 + static_cast<std::size_t>(c - '0'), list.size() + 1);
        after_digit = true;
    }
    if (!after_digit) return nullptr;
    if (is_negative) number = number > list.size() ? list.size() : number == 0 ? 0 : list.size() - number;
    return number < list.size() ? &list[number] : nullptr;
}

const Datum* ContextReader::at_top(std::string_view name) const noexcept {
    for (const auto& own : context_->set_) {
        if (own.first == name) return own.second.get();
    }
    return context_->values_->find(name);
}

const Datum* ContextReader::member(const Datum& parent, std::string_view name) const {
    if (const auto* const list = std::get_if<Datum::List>(&parent.content)) return list_element(*list, name);
    const auto* const mapping = mapping_of(&parent);
    if (mapping == nullptr) return nullptr;
    if (mapping->size() >= indexed_from) {
        for (const auto* values = context_->values_.get(); values != nullptr; values = values->earlier.get()) {
            const auto index = values->large.find(mapping);
            if (index == values->large.end()) continue;
            const auto found = index->second.find(name);
            return found == index->second.end() ? nullptr : found->second;
        }
    }
    return parent.find(name);
}

ContextReader::Found ContextReader::find(const std::vector<std::string_view>& names) const {
    Found found;
    for (; found.depth < names.size(); ++found.depth) {
        const auto name = names[found.depth];
        const auto* const next = found.depth == 0 ? at_top(name) : member(*found.parent, name);
        if (next == nullptr) return found;
        if (found.depth + 1 == names.size()) {
            found.value = next;
            return found;
        }
        found.parent = next;
    }
    return found;
}

std::vector<std::string> ContextReader::names_in(const Datum* parent) const {
    // Beyond this, the nearest name takes longer to find than anybody reads.
    constexpr std::size_t most = 500;
    std::vector<std::string> names;
    if (parent != nullptr) {
        const auto* const mapping = mapping_of(parent);
        if (mapping == nullptr || mapping->size() > most) return {};
        for (const auto& member : *mapping) names.push_back(member.name);
        return names;
    }
    for (const auto& own : context_->set_) names.push_back(own.first);
    for (const auto* values = context_->values_.get(); values != nullptr; values = values->earlier.get()) {
        if (values->top.size() + names.size() > most) return {};
        for (const auto& [name, value] : values->top) names.emplace_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::vector<std::string> ContextReader::sources() const {
    std::vector<std::string> sources;
    for (const auto* layer : context_->values_->all_layers()) {
        if (std::find(sources.begin(), sources.end(), layer->source) == sources.end()) sources.push_back(layer->source);
    }
    return sources;
}

std::optional<std::string> ContextReader::path_to(std::string_view name) const {
    std::optional<std::string> path;
    for (const auto& top : names_in(nullptr)) {
        const auto* const value = at_top(top);
        if (mapping_of(value) == nullptr || member(*value, name) == nullptr) continue;
        if (path) return std::nullopt;
        path = top + '.' + std::string{name};
    }
    return path;
}

}  // namespace mlo::pipeline

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <mlo/ledger/event.hpp>

#include "rules.hpp"

namespace mlo::ledger {
namespace {

constexpr Kind table[] = {
    {"drift.checked", "drift", HasBody::yes},  {"experiment.created", "track", HasBody::yes},
    {"object.alias", "pipeline", HasBody::no}, {"profile.made", "profile", HasBody::no},
    {retract_kind, "ledger", HasBody::no},     {"run.amended", "track", HasBody::yes},
    {"run.sealed", "track", HasBody::yes},     {"stage.result", "pipeline", HasBody::yes},
};

}  // namespace

std::span<const Kind> kinds() noexcept { return table; }

const Kind* find_kind(std::string_view name) noexcept {
    const auto* const found =
        std::find_if(std::begin(table), std::end(table), [&](const Kind& kind) { return kind.name == name; });
    return found == std::end(table) ? nullptr : found;
}

std::string Place::to_string() const { return writer + '/' + std::to_string(seq); }

std::optional<Place> Place::parse(std::string_view text) {
    Place place;
    if (text.size() < writer_digits + 2 || text[writer_digits] != '/') return std::nullopt;
    place.writer = text.substr(0, writer_digits);
    const auto number = text.substr(writer_digits + 1);
    const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), place.seq);
    const bool is_number = status == std::errc{} && end == number.data() + number.size() && number[0] != '0';
    if (!is_number || place.seq > max_seq || !is_writer(place.writer)) return std::nullopt;
    return place;
}

}  // namespace mlo::ledger

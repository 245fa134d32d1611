// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/profile/archive.hpp>
#include <mlo/profile/document.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::profile {
namespace {

constexpr std::string_view made_kind = "profile.made";
constexpr std::uint64_t largest = std::uint64_t{256} << 20u;

std::string subject_of(const store::ObjectId& data, std::string_view reading) {
    constexpr std::size_t digits = 16;
    return fmt::format("{} {}", data.to_string(), hash::sha256(as_bytes(reading)).hex().substr(0, digits));
}

}  // namespace

std::optional<store::ObjectId> Archive::named(const std::string& subject) {
    std::optional<store::ObjectId> last;
    for (const auto& event : ledger_.by_subject(subject)) {
        const bool is_sound =
            event.kind == made_kind && event.ids.size() == 1 && event.ids.front().kind == store::ObjectKind::blob;
        if (is_sound && !ledger_.is_retracted({event.writer, event.seq})) last = event.ids.front().id;
    }
    return last;
}

std::optional<StoredProfile> Archive::find(const store::ObjectId& data, std::string_view reading) {
    const auto id = named(subject_of(data, reading));
    if (!id || !store_.contains(*id)) return std::nullopt;
    const auto bytes = store_.read_all(*id, largest);
    return StoredProfile{decode(as_text(bytes), id->to_string()), *id};
}

store::ObjectId Archive::put(const Profile& profile, const store::ObjectId& data, std::string_view reading,
                             const std::string& writer) {
    const auto text = encode(profile);
    const auto subject = subject_of(data, reading);
    const auto id = hash::sha256(as_bytes(text));
    if (!store_.contains(id)) {
        const auto ingest = store_.begin_ingest(store::LargeFiles::automatic);
        (void)ingest->add_bytes(as_bytes(text));
        ingest->commit();
    }
    if (named(subject) != id)
        ledger_.append(writer, {.kind = std::string{made_kind},
                                .subject = subject,
                                .ids = {{.id = id, .kind = store::ObjectKind::blob}},
                                .body = {}});
    return id;
}

}  // namespace mlo::profile

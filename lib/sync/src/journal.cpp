// SPDX-License-Identifier: Apache-2.0
#include "journal.hpp"

#include <fmt/format.h>

#include <mlo/hash/digest.hpp>
#include <mlo/util/atomic_file.hpp>

namespace mlo::sync {
namespace {

constexpr std::uint64_t footer_limit_bytes = std::uint64_t{1} << 30;

}  // namespace

Journal::Journal(Dir& folder, const Runtime& runtime) : runtime_{runtime} {
    folder.make_dir("journal");
    folder_ = folder.open_dir("journal");
}

std::vector<store::PackOutline> Journal::read() {
    std::vector<store::PackOutline> packs;
    for (const auto& entry : folder_->list()) {
        const auto name = store::ObjectId::parse(fmt::format("sha256:{}", entry.name));
        const auto text = read_file(*folder_, entry.name, footer_limit_bytes);
        if (name && hash::sha256(as_bytes(text)) == *name)
            packs.push_back({*name, Bytes(as_bytes(text).begin(), as_bytes(text).end())});
        else
            folder_->remove(entry.name);
    }
    return packs;
}

void Journal::write(const store::PackOutline& pack) {
    const auto temporary = temporary_name("pack", runtime_.random);
    folder_->create(temporary, 0644)->write(pack.footer);
    folder_->rename(temporary, *folder_, pack.name.hex(), Replace::yes);
}

void Journal::remove(const store::ObjectId& pack) {
    if (folder_->stat(pack.hex())) folder_->remove(pack.hex());
}

}  // namespace mlo::sync

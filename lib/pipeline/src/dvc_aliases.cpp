// SPDX-License-Identifier: Apache-2.0
#include "dvc_aliases.hpp"

#include <algorithm>
#include <string_view>

namespace mlo::pipeline {

namespace {

constexpr std::string_view alias_kind = "object.alias";
constexpr std::string_view folder_suffix = ".dir";

std::string subject_of(const std::string& md5) { return "md5:" + md5; }

}  // namespace

std::vector<store::ObjectRef> DvcAliases::find(const std::string& md5) {
    const auto kind = md5.ends_with(folder_suffix) ? store::ObjectKind::tree : store::ObjectKind::blob;
    std::vector<store::ObjectRef> found;
    for (const auto& event : ledger_.by_subject(subject_of(md5))) {
        const bool is_sound = event.kind == alias_kind && event.ids.size() == 1 && event.ids.front().kind == kind;
        if (!is_sound || ledger_.is_retracted({event.writer, event.seq})) continue;
        if (std::find(found.begin(), found.end(), event.ids.front()) == found.end()) found.push_back(event.ids.front());
    }
    std::reverse(found.begin(), found.end());
    return found;
}

void DvcAliases::publish(std::vector<DvcAlias> aliases) {
    std::sort(aliases.begin(), aliases.end());
    aliases.erase(std::unique(aliases.begin(), aliases.end()), aliases.end());
    std::vector<ledger::NewEvent> events;
    for (const auto& alias : aliases) {
        const auto known = find(alias.md5);
        if (std::find(known.begin(), known.end(), alias.object) != known.end()) continue;
        events.push_back(
            {.kind = std::string{alias_kind}, .subject = subject_of(alias.md5), .ids = {alias.object}, .body = {}});
    }
    if (!events.empty()) ledger_.append(writer_, events);
}

}  // namespace mlo::pipeline

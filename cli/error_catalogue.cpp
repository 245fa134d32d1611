// SPDX-License-Identifier: Apache-2.0
#include "error_catalogue.hpp"

namespace mlo::cli {

const CatalogueEntry* find_error_code(std::string_view text) {
    std::string wanted;
    for (const char c : text) wanted += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (wanted.starts_with("MLO-")) wanted.erase(0, 4);
    for (const auto& entry : all_error_codes()) {
        if (entry.code.id == wanted) return &entry;
    }
    return nullptr;
}

std::vector<std::string> error_code_names() {
    std::vector<std::string> names;
    for (const auto& entry : all_error_codes()) names.push_back("MLO-" + std::string{entry.code.id});
    return names;
}

}  // namespace mlo::cli

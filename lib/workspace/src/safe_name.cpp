// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/safe_name.hpp>

#include <algorithm>
#include <array>
#include <mlo/store/tree.hpp>

namespace mlo::workspace {
namespace {

/// The bytes at the start of `text` that HFS+ drops when it compares names: zero-width and direction marks, U+FEFF.
std::size_t ignorable_prefix(std::string_view text) noexcept {
    if (text.size() < 3) return 0;
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    if (byte(0) == 0xef) return byte(1) == 0xbb && byte(2) == 0xbf ? 3 : 0;
    if (byte(0) != 0xe2) return 0;
    if (byte(1) == 0x80) {
        const bool marks = byte(2) >= 0x8c && byte(2) <= 0x8f;       // U+200C .. U+200F
        const bool embeddings = byte(2) >= 0xaa && byte(2) <= 0xae;  // U+202A .. U+202E
        return marks || embeddings ? 3 : 0;
    }
    return byte(1) == 0x81 && byte(2) >= 0xaa && byte(2) <= 0xaf ? 3 : 0;  // U+206A .. U+206F
}

/// One component as the most lenient file system would compare it. Only the first bytes matter, for the names sought
/// are short.
class Folded {
public:
    explicit Folded(std::string_view component) noexcept {
        while (!component.empty()) {
            if (const auto skipped = ignorable_prefix(component); skipped > 0) {
                component.remove_prefix(skipped);
                continue;
            }
            const char raw = component.front();
            component.remove_prefix(1);
            if (raw == ':') break;  // NTFS: the name of a stream follows
            put(raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw - 'A' + 'a') : raw);
        }
    }
    [[nodiscard]] bool is(std::string_view name) const noexcept {
        return !too_long_ && std::string_view{text_.data(), size_} == name;
    }

private:
    void put(char c) noexcept {
        // Trailing dots and spaces do not count on NTFS: they are kept back until something else follows.
        if (size_ > 0 && (c == '.' || c == ' ')) {
            ++pending_;
            return;
        }
        if (pending_ > 0 || size_ == text_.size())
            too_long_ = true;  // no name sought has an inner dot or space
        else
            text_[size_++] = c;
    }

    std::array<char, 8> text_{};
    std::size_t size_ = 0;
    std::size_t pending_ = 0;
    bool too_long_ = false;
};

}  // namespace

std::string_view unsafe_name_reason(std::string_view name) noexcept {
    if (const auto problem = store::tree_name_problem(name); !problem.empty()) return problem;
    if (is_temporary_name(name)) return "is how mlo names its temporary files";
    while (true) {
        const auto end = name.find('\\');
        const Folded folded{name.substr(0, end)};
        if (folded.is(".git") || folded.is("git~1")) return "would be git's own folder on some file systems";
        if (folded.is(".mlo") || folded.is("mlo~1")) return "would be mlo's own folder on some file systems";
        if (end == name.npos) return {};
        name.remove_prefix(end + 1);
    }
}

bool is_temporary_name(std::string_view name) noexcept {
    constexpr std::string_view prefix = ".mlo-";
    constexpr std::string_view suffix = ".tmp";
    if (name.size() != prefix.size() + 16 + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix))
        return false;
    const auto digits = name.substr(prefix.size(), 16);
    return std::all_of(digits.begin(), digits.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace mlo::workspace

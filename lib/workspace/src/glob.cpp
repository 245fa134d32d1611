// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cctype>
#include <mlo/workspace/ignore.hpp>
#include <optional>

namespace mlo::workspace {
namespace {

using Byte = unsigned char;

/// Reads a pattern byte by byte; 0 past the end, which no path holds either.
class Cursor {
public:
    Cursor(std::string_view text, std::size_t at) noexcept : text_{text}, at_{at} {}
    [[nodiscard]] Byte peek(std::size_t ahead = 0) const noexcept {
        return at_ + ahead < text_.size() ? static_cast<Byte>(text_[at_ + ahead]) : Byte{0};
    }
    Byte next() noexcept {
        ++at_;
        return peek();
    }
    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(std::min(at_, text_.size())); }

private:
    std::string_view text_;
    std::size_t at_;
};

struct CharacterClass {
    std::string_view name;
    int (*holds)(int);
};
constexpr std::array<CharacterClass, 12> classes{{{"alnum", std::isalnum},
                                                  {"alpha", std::isalpha},
                                                  {"blank", std::isblank},
                                                  {"cntrl", std::iscntrl},
                                                  {"digit", std::isdigit},
                                                  {"graph", std::isgraph},
                                                  {"lower", std::islower},
                                                  {"print", std::isprint},
                                                  {"punct", std::ispunct},
                                                  {"space", std::isspace},
                                                  {"upper", std::isupper},
                                                  {"xdigit", std::isxdigit}}};

/// Whether an ASCII `c` is in the class; nothing if there is no such class.
std::optional<bool> in_class(std::string_view name, Byte c) noexcept {
    for (const auto& each : classes) {
        if (each.name == name) return c < 0x80 && each.holds(c) != 0;
    }
    return std::nullopt;
}

struct SetMatch {
    bool matched = false;
    std::size_t end = 0;  ///< of the set in the pattern
};

/// `[...]` that starts at `start` against `c`, with all of git's corner cases; nothing if the set is malformed.
std::optional<SetMatch> match_set(std::string_view pattern, std::size_t start, Byte c) noexcept {
    Cursor cursor{pattern, start};
    Byte current = cursor.next();
    const bool negated = current == '!' || current == '^';
    if (negated) current = cursor.next();
    Byte previous = 0;
    bool matched = false;
    do {
        if (current == 0) return std::nullopt;
        if (current == '\\') {
            current = cursor.next();
            if (current == 0) return std::nullopt;
            matched |= c == current;
        } else if (current == '-' && previous != 0 && cursor.peek(1) != 0 && cursor.peek(1) != ']') {
            current = cursor.next();
            if (current == '\\') current = cursor.next();
            if (current == 0) return std::nullopt;
            matched |= previous <= c && c <= current;
            current = 0;
        } else if (current == '[' && cursor.peek(1) == ':') {
            const auto body = cursor.rest().substr(2);
            const auto end = body.find(']');
            if (end == body.npos) return std::nullopt;
            if (end == 0 || body[end - 1] != ':') {
                matched |= c == '[';  // no ":]": the bracket stands for itself
            } else {
                const auto found = in_class(body.substr(0, end - 1), c);
                if (!found) return std::nullopt;
                matched |= *found;
                cursor = Cursor{pattern, cursor.at() + 2 + end};
                current = 0;
            }
        } else {
            matched |= c == current;
        }
        previous = current;
        current = cursor.next();
    } while (current != ']');
    return SetMatch{.matched = matched != negated && c != '/', .end = cursor.at() + 1};
}

/// Matches one byte of text against the element of the pattern at `at`, which is no star; moves `at` behind it.
bool match_one(std::string_view pattern, std::size_t& at, Byte c) noexcept {
    const char element = pattern[at];
    if (element == '?') {
        ++at;
        return c != '/';
    }
    if (element == '[') {
        const auto set = match_set(pattern, at, c);
        if (!set || !set->matched) return false;
        at = set->end;
        return true;
    }
    if (element == '\\' && ++at == pattern.size()) return false;
    return static_cast<Byte>(pattern[at++]) == c;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    constexpr auto none = std::string_view::npos;
    std::size_t p = 0;
    std::size_t t = 0;
    // Where to go on after a mismatch: the last '*' takes one byte more, else the last '**' one component more. Earlier
    // ones need no second try: between two '**' is a fixed number of components, so the first place that fits is best.
    std::size_t star_p = none;
    std::size_t star_t = 0;
    std::size_t deep_p = none;
    std::size_t deep_t = 0;
    while (true) {
        if (p < pattern.size() && pattern[p] == '*') {
            auto end = pattern.find_first_not_of('*', p);
            if (end == none) end = pattern.size();
            const auto after = pattern.substr(end);
            const bool deep = end - p >= 2 && (p == 0 || pattern[p - 1] == '/') &&
                              (after.empty() || after[0] == '/' || after.starts_with("\\/"));
            if (deep) {
                if (after.empty()) return true;
                star_p = none;
                deep_p = end;
                deep_t = t;
                p = after[0] == '/' ? end + 1 : end;  // '**/' may also stand for nothing
            } else {
                star_p = p = end;
                star_t = t;
            }
            continue;
        }
        if (t == text.size() && p == pattern.size()) return true;
        if (t < text.size() && p < pattern.size() && match_one(pattern, p, static_cast<Byte>(text[t]))) {
            ++t;
        } else if (star_p != none && star_t < text.size() && text[star_t] != '/') {
            t = ++star_t;
            p = star_p;
        } else if (deep_p != none && text.find('/', deep_t) != none) {
            t = text.find('/', deep_t);
            deep_t = t + 1;
            p = deep_p;
            star_p = none;
        } else {
            return false;
        }
    }
}

}  // namespace mlo::workspace

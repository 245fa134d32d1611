// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/parse.hpp>

#include <fmt/format.h>

#include <mlo/json/errors.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/text.hpp>
#include <nlohmann/json.hpp>

namespace mlo::json {
namespace {

using Library = nlohmann::json;

/// Follows the parser through the text, because its events do not say where they happened. It relies on the text being
/// valid as far as the parser has come.
class Cursor {
public:
    explicit Cursor(std::string_view text) noexcept : text_{text}, places_{text} {}

    TextPlace string() noexcept {
        const auto place = next();
        ++offset_;
        while (offset_ < text_.size() && text_[offset_] != '"') offset_ += text_[offset_] == '\\' ? 2u : 1u;
        ++offset_;
        return place;
    }
    TextPlace bracket() noexcept {
        const auto place = next();
        ++offset_;
        return place;
    }
    /// A number, true, false or null.
    TextPlace word() noexcept {
        const auto place = next();
        offset_ = std::min(text_.find_first_of(" \t\r\n,:]}", offset_), text_.size());
        return place;
    }
    TextPlace at(std::size_t offset) noexcept { return places_.at(offset); }

private:
    TextPlace next() noexcept {
        offset_ = std::min(text_.find_first_not_of(" \t\r\n,:", offset_), text_.size());
        return places_.at(offset_);
    }

    std::string_view text_;
    PlaceCounter places_;
    std::size_t offset_ = 0;
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing value - invalid
// literal; last read: 'x'"
std::string without_frame(std::string_view what) {
    constexpr std::string_view before = " - ";
    const auto start = what.find(before);
    if (start != std::string_view::npos) what.remove_prefix(start + before.size());
    return std::string{what.substr(0, what.find("; last read"))};
}

class Handler final : public nlohmann::json_sax<Library> {
public:
    Handler(std::string_view text, std::string_view file, const DocumentLimits& limits)
        : cursor_{text}, builder_{std::string{file}, limits} {}

    bool null() override {
        builder_.null(cursor_.word());
        return true;
    }
    bool boolean(bool value) override {
        builder_.boolean(cursor_.word(), value);
        return true;
    }
    bool number_integer(number_integer_t value) override {
        builder_.integer(cursor_.word(), value);
        return true;
    }
    bool number_unsigned(number_unsigned_t value) override {
        builder_.unsigned_integer(cursor_.word(), value);
        return true;
    }
    bool number_float(number_float_t value, const string_t& digits) override {
        const auto place = cursor_.word();
        if (digits.find_first_of(".eE") == string_t::npos) fail_range(place, digits);
        builder_.real(place, value);
        return true;
    }
    bool string(string_t& value) override {
        builder_.string(cursor_.string(), value);
        return true;
    }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override {
        builder_.begin_mapping(cursor_.bracket());
        return true;
    }
    bool key(string_t& name) override {
        builder_.key(cursor_.string(), name);
        return true;
    }
    bool end_object() override { return end(); }
    bool start_array(std::size_t /*size*/) override {
        builder_.begin_list(cursor_.bracket());
        return true;
    }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) override {
        constexpr int number_overflow = 406;
        const auto place = cursor_.at(position == 0 ? 0 : position - 1);
        if (error.id == number_overflow) fail_range(cursor_.word(), token);
        throw Error{errors::not_json, fmt::format("not valid JSON: {}", without_frame(error.what()))}.at(
            builder_.place_text(place));
    }

    [[nodiscard]] Document finish() { return builder_.finish(); }

private:
    bool end() {
        cursor_.bracket();
        builder_.end();
        return true;
    }
    [[noreturn]] void fail_range(TextPlace place, const std::string& digits) const {
        throw Error{errors::number_out_of_range, fmt::format("the number {} is out of range", mlo::quoted(digits))}.at(
            builder_.place_text(place));
    }

    Cursor cursor_;
    DocumentBuilder builder_;
};

}  // namespace

Document parse(std::string_view text, std::string_view file, const DocumentLimits& limits) {
    check_document_text(text, file, limits);
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    Handler handler{text, file, limits};
    const bool done = Library::sax_parse(text.begin(), text.end(), &handler);
    MLO_ASSERT(done);
    return handler.finish();
}

std::string_view library_version() noexcept {
#define MLO_TEXT_OF(number) #number
#define MLO_DOTTED(major, minor, patch) MLO_TEXT_OF(major) "." MLO_TEXT_OF(minor) "." MLO_TEXT_OF(patch)
    return MLO_DOTTED(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH);
#undef MLO_DOTTED
#undef MLO_TEXT_OF
}

}  // namespace mlo::json

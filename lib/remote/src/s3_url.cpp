// SPDX-License-Identifier: Apache-2.0
#include "s3_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/uri.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>
#include <vector>

namespace mlo::remote {
namespace {

constexpr std::size_t longest_prefix_bytes = 512;

bool is_bucket(std::string_view name) noexcept {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    };
    return name.size() >= 3 && name.size() <= 255 && std::all_of(name.begin(), name.end(), is_plain) &&
           name.front() != '.' && name.front() != '-';
}

/// Goes into headers and host names as it is.
bool is_word(std::string_view value) noexcept {
    return !value.empty() && value.size() <= 2048 &&
           std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

class Parser {
public:
    Parser(const Url& url, std::string_view text) : url_{url}, shown_{without_secrets(text)} {}

    S3Url parse() {
        result_.bucket = url_.authority;
        if (!is_bucket(result_.bucket)) throw bad("names no bucket").hint("s3://bucket/prefix");
        if (url_.path.find('#') != url_.path.npos) throw bad("holds a '#'").hint("'%23' in a prefix");
        const auto question = url_.path.find('?');
        parse_prefix(std::string_view{url_.path}.substr(0, question));
        if (question != url_.path.npos)
            for (const auto& pair : split(std::string_view{url_.path}.substr(question + 1), '&')) parse_option(pair);
        if (result_.kms_key && !result_.encryption) result_.encryption = "aws:kms";
        return std::move(result_);
    }

private:
    [[nodiscard]] Error bad(std::string_view why) const {
        return Error{errors::bad_url, fmt::format("the URL {} {}", quoted(shown_), why)};
    }

    void parse_prefix(std::string_view path) {
        std::vector<std::string> components;
        for (const auto& each : split(path, '/'))
            if (!each.empty()) components.push_back(percent_decode(each, shown_));
        for (const auto& each : components)
            if (each == "." || each == "..") throw bad(fmt::format("holds the component {}", quoted(each)));
        result_.prefix = components.empty() ? "" : fmt::format("{}/", fmt::join(components, "/"));
        if (result_.prefix.size() > longest_prefix_bytes)
            throw bad(fmt::format("has a prefix of over {} bytes", longest_prefix_bytes));
        if (!is_valid_utf8(result_.prefix)) throw bad("has a prefix that is not UTF-8, which no bucket can hold");
    }

    void parse_option(std::string_view pair) {
        const auto equals = pair.find('=');
        const std::string name{pair.substr(0, equals)};
        const auto row = std::find_if(std::begin(options), std::end(options),
                                      [&](const Option& option) { return option.name == name; });
        if (row == std::end(options)) {
            std::vector<std::string> known;
            for (const auto& option : options) known.emplace_back(option.name);
            auto error = bad("has an unknown option").note(fmt::format("known: {}", fmt::join(known, ", ")));
            // It may be a secret that was meant for something else.
            if (const auto meant = closest_match(name, known)) error.hint(fmt::format("did you mean '{}'?", *meant));
            throw Error{std::move(error)};
        }
        const auto value = equals == pair.npos ? std::string{} : net::percent_decode(pair.substr(equals + 1));
        if (!is_word(value) || !(this->*row->take)(value))
            throw bad(fmt::format("has an option '{}' that does not fit", name)).hint(std::string{row->form});
    }

    bool take_endpoint(const std::string& value) {
        try {
            const auto endpoint = net::split_url(value);
            if (endpoint.path != "/" || endpoint.query) return false;
            result_.endpoint = fmt::format("{}://{}", endpoint.scheme, endpoint.host_header());
            return true;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::config) throw;
            return false;
        }
    }
    bool take_region(const std::string& value) {
        result_.region = value;
        return is_host_label(value);
    }
    bool take_style(const std::string& value) {
        result_.style = value == "path" ? BucketStyle::path : BucketStyle::virtual_host;
        return value == "path" || value == "virtual";
    }
    bool take_storage_class(const std::string& value) {
        result_.storage_class = value;
        return true;
    }
    bool take_encryption(const std::string& value) {
        result_.encryption = value;
        return value == "AES256" || value == "aws:kms" || value == "aws:kms:dsse";
    }
    bool take_kms_key(const std::string& value) {
        result_.kms_key = value;
        return true;
    }
    bool take_anonymous(const std::string& value) {
        result_.is_anonymous = value == "true";
        return value == "true" || value == "false";
    }

    struct Option {
        std::string_view name;
        bool (Parser::*take)(const std::string& value);
        std::string_view form;
    };
    static constexpr Option options[] = {
        {"endpoint", &Parser::take_endpoint, "endpoint=https://host:port"},
        {"region", &Parser::take_region, "region=eu-central-1"},
        {"style", &Parser::take_style, "style=path or style=virtual"},
        {"storage-class", &Parser::take_storage_class, "storage-class=STANDARD_IA"},
        {"encryption", &Parser::take_encryption, "encryption=AES256, aws:kms or aws:kms:dsse"},
        {"kms-key", &Parser::take_kms_key, "kms-key=ARN"},
        {"anonymous", &Parser::take_anonymous, "anonymous=true"},
    };

    const Url& url_;
    std::string shown_;
    S3Url result_;
};

}  // namespace

bool is_host_label(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

S3Url parse_s3_url(const Url& url, std::string_view text) { return Parser{url, text}.parse(); }

}  // namespace mlo::remote

// SPDX-License-Identifier: Apache-2.0
#include "aws_profiles.hpp"

#include <cstdlib>
#include <memory>
#include <mlo/net/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "ascii.hpp"
#include "aws_words.hpp"

namespace mlo::net {
namespace {

constexpr std::uint64_t file_limit_bytes = 1u << 20;
constexpr std::string_view fallback_profile = "default";

/// Where a file of the user's is: named by a variable, where "~/" is the home, or below the home.
std::string place_of(const AwsSources& sources, std::string_view variable_name, std::string_view below_home) {
    const auto named = variable(sources, variable_name);
    if (!named) return sources.home.empty() ? "" : path::join(sources.home, below_home);
    if (named->starts_with("~/") && !sources.home.empty()) return path::join(sources.home, named->substr(2));
    return *named;
}

IniFile read_profiles(Fs& fs, const std::string& path, const std::string& shown) {
    if (path.empty()) return {};
    const auto text = read_users_file(fs, path, file_limit_bytes);
    return text ? parse_ini(*text, shown) : IniFile{};
}

const IniOption* find_option(const IniFile& file, std::string_view section, std::string_view key) {
    const auto found = file.find(section);
    if (found == file.end()) return nullptr;
    const auto option = found->second.options.find(key);
    return option == found->second.options.end() ? nullptr : &option->second;
}

/// AWS_ENDPOINT_URL_S3 for s3.
std::string endpoint_variable(std::string_view service) {
    std::string name = "AWS_ENDPOINT_URL_";
    for (const char c : service) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

std::optional<std::string> value_of(const IniOption* option) {
    return option == nullptr || option->value.empty() ? std::nullopt : std::optional{option->value};
}

}  // namespace

std::optional<std::string> variable(const AwsSources& sources, std::string_view name) {
    for (const std::string_view text : sources.variables) {
        if (text.size() <= name.size() + 1 || !text.starts_with(name) || text[name.size()] != '=') continue;
        return std::string{text.substr(name.size() + 1)};
    }
    return std::nullopt;
}

std::optional<std::string> read_users_file(Fs& fs, const std::string& path, std::uint64_t limit_bytes) {
    if (!path.starts_with('/')) {
        throw Error{errors::aws_bad_path, quoted(path) + " is not an absolute path"}.hint(
            "write the path in full, from '/'");
    }
    // People keep such files elsewhere and link to them; Kubernetes turns tokens over by exchanging a link, which may
    // happen between these steps.
    for (int attempt = 0;; ++attempt) {
        const std::unique_ptr<char, decltype(&std::free)> resolved{::realpath(path.c_str(), nullptr), &std::free};
        const std::string place = resolved ? resolved.get() : path;
        try {
            const auto folder = fs.open_root(path::parent(place));
            const auto stat = folder->stat(path::name(place));
            if (!stat || stat->kind != FileKind::regular) return std::nullopt;
            return read_file(*folder, path::name(place), limit_bytes);
        } catch (const Error& error) {
            if (&error.code() != &mlo::errors::path_not_found) throw;
            if (!resolved || attempt == 3) return std::nullopt;
        }
    }
}

std::string shown_path(const AwsSources& sources, const std::string& path) {
    const auto relative = sources.home.empty() ? std::nullopt : path::below(path, sources.home);
    return relative && !relative->empty() ? "~/" + *relative : path;
}

AwsProfiles::AwsProfiles(const AwsSources& sources, Fs& fs) {
    const auto credentials_path = place_of(sources, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
    const auto config_path = place_of(sources, "AWS_CONFIG_FILE", ".aws/config");
    credentials_name_ = shown_path(sources, credentials_path);
    config_name_ = shown_path(sources, config_path);
    credentials_ = read_profiles(fs, credentials_path, credentials_name_);
    for (auto& [title, section] : read_profiles(fs, config_path, config_name_))
        add_config_section(title, std::move(section));

    auto named = sources.profile;
    if (!named) named = variable(sources, "AWS_PROFILE");
    if (!named) named = variable(sources, "AWS_DEFAULT_PROFILE");
    current_ = named.value_or(std::string{fallback_profile});
    if (named && current_ != fallback_profile && !has(current_)) {
        throw Error{errors::aws_no_profile, "there is no AWS profile " + quoted(current_)}
            .note("looked into " + quoted(credentials_name_) + " and " + quoted(config_name_))
            .hint("aws configure --profile " + printable(current_));
    }
}

void AwsProfiles::add_config_section(const std::string& title, IniSection section) {
    const auto words = split_words(title).value_or(std::vector<std::string>{});
    const auto add = [&](IniFile& to, const std::string& name) { to.insert_or_assign(name, std::move(section)); };
    if (title == fallback_profile) {
        // "[profile default]" sorts behind it and so takes its place, as AWS documents.
        add(config_, title);
    } else if (words.size() == 2 && words[0] == "profile") {
        add(config_, words[1]);
    } else if (words.size() == 2 && words[0] == "sso-session") {
        add(sso_sessions_, words[1]);
    } else if (words.size() == 2 && words[0] == "services") {
        add(services_, words[1]);
    }
}

bool AwsProfiles::has(std::string_view profile) const {
    return credentials_.find(profile) != credentials_.end() || config_.find(profile) != config_.end();
}

const IniOption* AwsProfiles::find(std::string_view profile, std::string_view key) const {
    const auto* option = find_in_credentials_file(profile, key);
    return option != nullptr ? option : find_in_config_file(profile, key);
}

const IniOption* AwsProfiles::find_in_credentials_file(std::string_view profile, std::string_view key) const {
    return find_option(credentials_, profile, key);
}

const IniOption* AwsProfiles::find_in_config_file(std::string_view profile, std::string_view key) const {
    return find_option(config_, profile, key);
}

const IniSection* AwsProfiles::find_sso_session(std::string_view name) const {
    const auto found = sso_sessions_.find(name);
    return found == sso_sessions_.end() ? nullptr : &found->second;
}

std::optional<std::string> AwsProfiles::endpoint_url(const AwsSources& sources, std::string_view service) const {
    auto ignored = variable(sources, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (!ignored) ignored = value_of(find(current_, "ignore_configured_endpoint_urls"));
    if (equals_ignoring_case(ignored.value_or(""), "true")) return std::nullopt;
    if (auto url = variable(sources, endpoint_variable(service))) return url;
    if (auto url = variable(sources, "AWS_ENDPOINT_URL")) return url;
    if (const auto* reference = find(current_, "services")) {
        const auto found = services_.find(reference->value);
        if (found == services_.end()) {
            throw Error{errors::aws_incomplete, "there is no section '[services " + printable(reference->value) + "]'"}
                .at(reference->place)
                .hint("add the section, or remove the line");
        }
        const auto& of_services = found->second.options;
        if (const auto own = of_services.find(service); own != of_services.end()) {
            const auto url = own->second.nested.find("endpoint_url");
            if (url != own->second.nested.end() && !url->second.value.empty()) return url->second.value;
        }
    }
    return value_of(find(current_, "endpoint_url"));
}

std::optional<std::string> AwsProfiles::region(const AwsSources& sources) const {
    if (auto region = variable(sources, "AWS_REGION")) return region;
    if (auto region = variable(sources, "AWS_DEFAULT_REGION")) return region;
    return value_of(find(current_, "region"));
}

AwsSettings find_aws_settings(const AwsSources& sources, Fs& fs) {
    const AwsProfiles profiles{sources, fs};
    auto ca_bundle = variable(sources, "AWS_CA_BUNDLE");
    if (!ca_bundle) ca_bundle = value_of(profiles.find(profiles.current(), "ca_bundle"));
    return {.profile = profiles.current(),
            .region = profiles.region(sources),
            .endpoint_url = profiles.endpoint_url(sources, "s3"),
            .ca_bundle = std::move(ca_bundle)};
}

std::string aws_endpoint(std::string_view service, std::string_view region) {
    std::string_view suffix = "amazonaws.com";
    if (region.starts_with("cn-")) suffix = "amazonaws.com.cn";
    if (region.starts_with("us-iso-")) suffix = "c2s.ic.gov";
    if (region.starts_with("us-isob-")) suffix = "sc2s.sgov.gov";
    std::string url = "https://";
    return url.append(service).append(".").append(region).append(".").append(suffix);
}

}  // namespace mlo::net

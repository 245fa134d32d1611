// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <mlo/config/config.hpp>
#include <mlo/config/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/edit.hpp>

#include "layer_file.hpp"

namespace mlo::config {
namespace {

constexpr std::uint64_t file_limit_bytes = 1u << 20;
constexpr std::string_view fresh_file = "# Settings of mlo: man 5 mlo-config\nversion: 1\n";
constexpr Layer layers[] = {Layer::system, Layer::user,        Layer::repository,
                            Layer::local,  Layer::environment, Layer::flag};

std::int64_t to_integer(const std::string& canonical) {
    std::int64_t number = 0;
    std::from_chars(canonical.data(), canonical.data() + canonical.size(), number);
    return number;
}

yaml::Setting to_yaml(const Key& key, const std::string& canonical) {
    switch (key.type) {
        case ValueType::boolean:
            return canonical == "true";
        case ValueType::integer:
            return to_integer(canonical);
        case ValueType::choices:
            return split(canonical, ',');
        default:
            return canonical;
    }
}

std::unique_ptr<Dir> open_if_there(const std::function<std::unique_ptr<Dir>()>& open) {
    try {
        return open();
    } catch (const Error& error) {
        if (&error.code() == &mlo::errors::path_not_found) return nullptr;
        throw;
    }
}

std::unique_ptr<Dir> make_folder(Fs& fs, const std::string& absolute) {
    if (auto folder = open_if_there([&] { return fs.open_root(absolute); })) return folder;
    const auto above = make_folder(fs, std::string{path::parent(absolute)});
    const auto name = path::name(absolute);
    if (above->make_dir(name)) above->sync();
    return above->open_dir(name);
}

}  // namespace

/// Where a layer's file is: `base` is followed, what is below it is not.
struct Config::LayerFile {
    std::string base;
    std::string below;  ///< one folder, or empty
    std::string name;
    std::string shown;

    [[nodiscard]] std::unique_ptr<Dir> open(Fs& fs) const {
        auto folder = open_if_there([&] { return fs.open_root(base); });
        if (!folder || below.empty()) return folder;
        return open_if_there([&] { return folder->open_dir(below); });
    }
    [[nodiscard]] std::unique_ptr<Dir> make(Fs& fs) const {
        auto folder = make_folder(fs, base);
        if (below.empty()) return folder;
        if (folder->make_dir(below)) folder->sync();
        return folder->open_dir(below);
    }
    [[nodiscard]] std::optional<std::string> read(Fs& fs) const {
        const auto folder = open(fs);
        if (!folder || !folder->stat(name)) return std::nullopt;
        return read_file(*folder, name, file_limit_bytes);
    }
};

std::string_view to_string(Layer layer) noexcept {
    switch (layer) {
        case Layer::fallback:
            return "default";
        case Layer::system:
            return "system";
        case Layer::user:
            return "user";
        case Layer::repository:
            return "repository";
        case Layer::local:
            return "local";
        case Layer::environment:
            return "environment";
        case Layer::flag:
            return "flag";
    }
    return "";
}

Config::Config(Fs& fs, LogSink& log, Sources sources, std::span<const Key> table)
    : fs_{fs}, log_{log}, sources_{std::move(sources)}, table_{table} {}

Config::LayerFile Config::locate(Layer layer) const {
    LayerFile file;
    const auto users_own = [&](const std::string& absolute) {
        if (absolute.empty()) return;
        // A person may keep these elsewhere and link to them; nothing of that comes with a clone.
        const std::unique_ptr<char, decltype(&std::free)> resolved{::realpath(absolute.c_str(), nullptr), &std::free};
        const std::string place = resolved ? resolved.get() : absolute;
        file = {std::string{path::parent(place)}, "", std::string{path::name(place)}, absolute};
    };
    if (layer == Layer::system) users_own(sources_.system_file);
    if (layer == Layer::user) users_own(sources_.user_file);
    if (layer == Layer::repository && !sources_.workspace_root.empty()) {
        file = {sources_.workspace_root, ".mlo", "config.yaml",
                path::join(sources_.workspace_root, ".mlo/config.yaml")};
    }
    if (layer == Layer::local && !sources_.local_folder.empty()) {
        file = {std::string{path::parent(sources_.local_folder)}, std::string{path::name(sources_.local_folder)},
                sources_.local_name, path::join(sources_.local_folder, sources_.local_name)};
    }
    if (const auto relative = path::below(file.shown, sources_.current_folder)) file.shown = *relative;
    return file;
}

std::string Config::file_of(Layer layer) const {
    const auto file = locate(layer);
    if (file.name.empty()) {
        throw Error{errors::no_such_layer, "there is no " + std::string{to_string(layer)} + " configuration here"}.hint(
            "mlo init");
    }
    return file.shown;
}

std::vector<Setting> Config::read_file_layer(Layer layer) {
    const auto file = locate(layer);
    if (file.name.empty()) return {};
    const auto folder = file.open(fs_);
    const auto status = folder ? folder->stat(file.name) : std::nullopt;
    if (!status) return {};
    auto believed = layer == Layer::repository ? Believed::committed : Believed::yes;
    const bool others_write = (status->mode & 022u) != 0 || (status->owner != sources_.user_id && status->owner != 0);
    if (layer == Layer::local && others_write) believed = Believed::unsafe_owner;
    return read_settings(read_file(*folder, file.name, file_limit_bytes), file.shown, layer, believed, table_, log_);
}

std::vector<Setting> Config::read_environment() const {
    std::vector<Setting> settings;
    for (const auto& variable : sources_.variables) {
        if (!variable.starts_with("MLO_")) continue;
        const auto equals = variable.find('=');
        const auto name = variable.substr(0, equals);
        const auto key =
            std::find_if(table_.begin(), table_.end(), [&](const Key& row) { return variable_of(row) == name; });
        if (key != table_.end()) {
            const auto value = equals == variable.npos ? "" : variable.substr(equals + 1);
            settings.push_back(checked_setting(table_, key->name, value, Layer::environment, name));
            continue;
        }
        // Other programs may have variables of their own that start with MLO_; not with a section of ours.
        std::vector<std::string> known;
        bool is_ours = false;
        for (const auto& row : table_) {
            const auto row_variable = variable_of(row);
            if (!row_variable) continue;
            known.push_back(*row_variable);
            is_ours = is_ours || name.starts_with(row_variable->substr(0, row_variable->find('_', 4) + 1));
        }
        if (!is_ours) continue;
        Error error{errors::unknown_key, "the variable " + quoted(name) + " names no setting"};
        if (const auto meant = closest_match(name, known)) error.hint("did you mean " + quoted(*meant) + "?");
        throw Error{std::move(error)};
    }
    return settings;
}

std::vector<Setting> Config::read_flags() const {
    std::vector<Setting> settings;
    for (const auto& flag : sources_.flags) {
        const auto equals = flag.find('=');
        if (equals == flag.npos || equals == 0) {
            throw Error{errors::bad_assignment, "--config takes KEY=VALUE, not " + quoted(flag)};
        }
        settings.push_back(
            checked_setting(table_, flag.substr(0, equals), flag.substr(equals + 1), Layer::flag, "--config"));
    }
    return settings;
}

std::vector<Setting> Config::of_layer(Layer layer) {
    if (layer == Layer::fallback) return {};
    if (layer == Layer::environment) return read_environment();
    if (layer == Layer::flag) return read_flags();
    return read_file_layer(layer);
}

void Config::load() {
    if (is_loaded_) return;
    std::map<std::string, Setting, std::less<>> effective;
    for (const auto& key : table_) {
        if (key.fallback.empty()) continue;
        effective[std::string{key.name}] = {std::string{key.name}, std::string{key.fallback}, &key, Layer::fallback,
                                            ""};
    }
    for (const auto layer : layers) {
        for (auto& setting : of_layer(layer)) {
            auto& place = effective[setting.name];
            place = std::move(setting);
        }
    }
    effective_ = std::move(effective);
    is_loaded_ = true;
}

std::optional<Setting> Config::find(std::string_view name) {
    MLO_ASSERT(find_key(table_, name) != nullptr);
    load();
    const auto found = effective_.find(name);
    if (found == effective_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> Config::text(std::string_view name) {
    auto setting = find(name);
    if (!setting) return std::nullopt;
    return std::move(setting->value);
}

std::optional<std::int64_t> Config::integer(std::string_view name) {
    const auto setting = find(name);
    if (!setting) return std::nullopt;
    MLO_ASSERT(setting->key->type == ValueType::integer);
    return to_integer(setting->value);
}

bool Config::boolean(std::string_view name) { return text(name) == "true"; }

std::vector<std::string> Config::list(std::string_view name) {
    const auto value = text(name);
    return value ? split(*value, ',') : std::vector<std::string>{};
}

std::vector<Setting> Config::effective() {
    load();
    std::vector<Setting> settings;
    for (const auto& [name, setting] : effective_) settings.push_back(setting);
    return settings;
}

std::vector<Error> Config::problems() {
    std::vector<Error> found;
    for (const auto layer : layers) {
        try {
            (void)of_layer(layer);
        } catch (const Error& error) {
            found.push_back(error);
        }
    }
    return found;
}

const Key& Config::get_key(std::string_view name) const {
    const auto* key = find_key(table_, name);
    if (key == nullptr) throw unknown_key(table_, name);
    return *key;
}

void Config::write(Layer layer, std::string_view content, Random& random) {
    const auto folder = locate(layer).make(fs_);
    const auto name = locate(layer).name;
    const auto status = folder->stat(name);
    const std::uint32_t fresh_mode = layer == Layer::local ? 0600 : 0666;
    write_file_atomically(*folder, name, content, status ? status->mode : fresh_mode, random);
    is_loaded_ = false;
}

Setting Config::set(Layer layer, std::string_view name, std::string_view value, Random& random) {
    const auto& key = get_key(name);
    const auto canonical = canonical_value(key, value);
    if (!canonical) refuse_value(key, name, value, "");
    const bool is_committed = layer == Layer::repository;
    if (key.trust == Trust::repository_only && !is_committed) {
        throw Error{errors::wrong_layer, quoted(name) + " belongs into the committed configuration alone"};
    }
    if (key.trust == Trust::local && is_committed) {
        throw Error{errors::not_trusted, quoted(name) + " may not be set by a committed file"}.hint(
            "mlo config --local " + printable(name) + " " + printable(value));
    }
    const auto shown = file_of(layer);
    const auto text = locate(layer).read(fs_);
    write(layer,
          yaml::set_key(text ? std::string_view{*text} : fresh_file, shown, split(name, '.'), to_yaml(key, *canonical)),
          random);
    return {std::string{name}, *canonical, &key, layer, shown};
}

bool Config::unset(Layer layer, std::string_view name, Random& random) {
    (void)get_key(name);
    const auto shown = file_of(layer);
    const auto text = locate(layer).read(fs_);
    if (!text) return false;
    const auto changed = yaml::remove_key(*text, shown, split(name, '.'));
    if (changed == *text) return false;
    write(layer, changed, random);
    return true;
}

}  // namespace mlo::config

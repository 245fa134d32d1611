// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/config/keys.hpp>
#include <mlo/util/error.hpp>

namespace mlo {
class Fs;
class LogSink;
class Random;
}  // namespace mlo

namespace mlo::config {

/// Where a value comes from, weakest first.
enum class Layer : std::uint8_t { fallback, system, user, repository, local, environment, flag };

/// "repository"; `fallback` is "default".
[[nodiscard]] std::string_view to_string(Layer layer) noexcept;

/// Where to look. Everything the process knows is handed in; an empty path means that there is no such layer.
struct Sources {
    std::string system_file;             ///< absolute, as all paths here
    std::string user_file;               ///< symbolic links are followed, in the system file too
    std::string workspace_root;          ///< holds .mlo/config.yaml, the committed layer
    std::string local_folder;            ///< <git common folder>/mlo, or .mlo without git
    std::string local_name;              ///< config.yaml, or local.yaml without git
    std::string current_folder;          ///< files below it are shown relative to it
    std::vector<std::string> variables;  ///< the environment, KEY=VALUE
    std::vector<std::string> flags;      ///< of --config, KEY=VALUE, in order
    std::uint32_t user_id = 0;
};

struct Setting {
    std::string name;
    std::string value;  ///< as canonical_value spells it
    const Key* key = nullptr;
    Layer layer = Layer::fallback;
    std::string place;  ///< file:line:column, the variable, "--config"; empty for a default
};

/// The settings of one command. Nothing is read before the first question, so a broken file disturbs no command that
/// asks none. Not thread-safe; what is handed out are copies.
///
/// Every question throws kind config where a layer is wrong: unknown_key, bad_value, not_trusted, unsafe_file,
/// wrong_layer, bad_file, and what yaml::parse throws; each with its place.
class Config {
public:
    Config(Fs& fs, LogSink& log, Sources sources, std::span<const Key> table = keys());

    /// The effective value, defaults included. `name` must be in the table (a bug otherwise).
    [[nodiscard]] std::optional<Setting> find(std::string_view name);
    [[nodiscard]] std::optional<std::string> text(std::string_view name);
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name);
    [[nodiscard]] bool boolean(std::string_view name);
    [[nodiscard]] std::vector<std::string> list(std::string_view name);

    /// What is effective, sorted by name; without those that have no value.
    [[nodiscard]] std::vector<Setting> effective();
    /// What one layer says, in its order.
    [[nodiscard]] std::vector<Setting> of_layer(Layer layer);
    /// What is wrong, layer by layer, instead of throwing it.
    [[nodiscard]] std::vector<Error> problems();

    /// The file of a layer, as messages show it. Throws no_such_layer.
    [[nodiscard]] std::string file_of(Layer layer) const;
    /// Writes `name` to a layer's file and returns what it wrote; atomically, keeping its comments; folders are made as
    /// needed and a new local file has mode 0600. `value` is as the user wrote it. Throws unknown_key, bad_value,
    /// not_trusted, wrong_layer, no_such_layer, and what yaml::set_key throws.
    Setting set(Layer layer, std::string_view name, std::string_view value, Random& random);
    /// Removes `name` from a layer's file; false if it was not there. Throws unknown_key, no_such_layer, and
    /// what yaml::remove_key throws.
    bool unset(Layer layer, std::string_view name, Random& random);
    /// The row for a key that a user named. Throws unknown_key with a guess.
    [[nodiscard]] const Key& get_key(std::string_view name) const;

private:
    struct LayerFile;
    [[nodiscard]] LayerFile locate(Layer layer) const;
    [[nodiscard]] std::vector<Setting> read_file_layer(Layer layer);
    [[nodiscard]] std::vector<Setting> read_environment() const;
    [[nodiscard]] std::vector<Setting> read_flags() const;
    void load();
    void write(Layer layer, std::string_view content, Random& random);

    Fs& fs_;
    LogSink& log_;
    Sources sources_;
    std::span<const Key> table_;
    bool is_loaded_ = false;
    std::map<std::string, Setting, std::less<>> effective_;
};

}  // namespace mlo::config

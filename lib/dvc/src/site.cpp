// SPDX-License-Identifier: Apache-2.0
#include <mlo/dvc/site.hpp>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "settings_file.hpp"

#include <mlo/dvc/errors.hpp>
#include <mlo/git/layout.hpp>
#include <mlo/git/repository.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::dvc {
namespace {

constexpr std::uint64_t file_limit = std::uint64_t{1} << 20;
constexpr std::string_view folder_name = ".dvc";

/// Where DVC looks for settings, weakest first.
enum class Level : std::uint8_t { system, user, repository, local };

struct Found {
    FileSetting setting;
    Level level;
    std::string file;    ///< as messages call it
    std::string folder;  ///< absolute: what relative paths in it are relative to

    [[nodiscard]] std::string place() const { return fmt::format("{}:{}", file, setting.line); }
};

std::string variable(std::span<const std::string> environment, std::string_view name) {
    for (const std::string_view entry : environment)
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
            return std::string{entry.substr(name.size() + 1)};
    return {};
}

std::string home_of(std::span<const std::string> environment) {
    if (auto home = variable(environment, "HOME"); home.starts_with('/')) return home;
    std::array<char, 16 * 1024> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
    return found->pw_dir;
}

/// The folder that DVC's own variable names, else `fallback`.
std::string named_folder(std::span<const std::string> environment, std::string_view name, std::string fallback) {
    auto folder = variable(environment, name);
    if (folder.empty()) return fallback;
    if (folder.starts_with('/')) return path::normalize(folder);
    throw Error{errors::config_unsupported, fmt::format("{} must be an absolute path, not {}", name, quoted(folder))}
        .hint(fmt::format("export {}=\"$PWD/{}\"", name, printable(folder)));
}

std::string system_folder(std::span<const std::string> environment) {
    std::string base = "/etc/xdg";
    for (const auto& folder : split(variable(environment, "XDG_CONFIG_DIRS"), ':')) {
        if (!folder.starts_with('/')) continue;
        base = folder;
        break;
    }
    return named_folder(environment, "DVC_SYSTEM_CONFIG_DIR", path::join(base, "dvc"));
}

/// "" if there is no home.
std::string user_folder(std::span<const std::string> environment) {
    auto base = variable(environment, "XDG_CONFIG_HOME");
    if (!base.starts_with('/')) {
        const auto home = home_of(environment);
        base = home.empty() ? "" : path::join(home, ".config");
    }
    return named_folder(environment, "DVC_GLOBAL_CONFIG_DIR", base.empty() ? "" : path::join(base, "dvc"));
}

/// A file of the system or the user, whose links are followed: people link them. Nothing if it is not there.
std::optional<std::string> read_followed(Fs& fs, std::string absolute) {
    for (int hops = 0; hops < 16; ++hops) {
        const std::string folder{path::parent(absolute)};
        const auto name = path::name(absolute);
        try {
            const auto dir = fs.open_root(folder);
            const auto status = dir->stat(name);
            if (!status) return std::nullopt;
            if (status->kind != FileKind::symlink) return read_file(*dir, name, file_limit);
            absolute = path::absolute(dir->read_link(name), folder);
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::path_not_found.id) return std::nullopt;
            throw;
        }
    }
    throw_system_error(ELOOP, "open", absolute);
}

/// All files of one project, merged.
class Configuration {
public:
    Configuration(std::string root, std::span<const std::string> environment, const Runtime& runtime)
        : root_{std::move(root)}, environment_{environment}, runtime_{runtime} {}

    void read(const std::string& site_root, Dir& dvc_folder) {
        add_followed(Level::system, system_folder(environment_));
        add_followed(Level::user, user_folder(environment_));
        add(Level::repository, dvc_folder, "config", path::join(site_root, folder_name));
        add(Level::local, dvc_folder, "config.local", path::join(site_root, folder_name));
    }
    [[nodiscard]] const Found* find(const std::string& key) const {
        const auto found = settings_.find(key);
        return found == settings_.end() ? nullptr : &found->second;
    }
    /// The one value of a key that is no list.
    [[nodiscard]] static const std::string& text_of(const Found& found, std::string_view key) {
        if (found.setting.is_list)
            throw Error{errors::config_broken, fmt::format("{} is one value, not a list", quoted(key))}
                .at(found.place())
                .hint(fmt::format("dvc config {} VALUE", key));
        const auto& value = found.setting.values.front();
        if (const auto start = value.find("%("); start != value.npos && value.find(")s", start) != value.npos)
            throw Error{errors::config_unsupported, fmt::format("{} refers to another key", quoted(key))}
                .at(found.place())
                .hint(fmt::format("dvc config --local {} VALUE", key));
        return value;
    }

private:
    void add_followed(Level level, const std::string& folder) {
        if (folder.empty()) return;
        const auto file = path::join(folder, "config");
        if (const auto text = read_followed(runtime_.fs, file)) merge(level, *text, file, folder);
    }
    void add(Level level, Dir& dir, std::string_view name, const std::string& folder) {
        if (!dir.stat(name)) return;
        const auto file = path::join(folder, name);
        merge(level, read_file(dir, name, file_limit), path::below(file, root_).value_or(file), folder);
    }
    void merge(Level level, std::string_view text, const std::string& file, const std::string& folder) {
        for (auto& [key, setting] : parse_settings(text, file))
            settings_.insert_or_assign(key, Found{setting, level, file, folder});
    }

    std::string root_;
    std::span<const std::string> environment_;
    const Runtime& runtime_;
    std::map<std::string, Found> settings_;
};

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

void refuse_hardlink_lock(const Configuration& configuration) {
    const auto* const found = configuration.find("core.hardlink_lock");
    if (found == nullptr) return;
    const auto value = lower(Configuration::text_of(*found, "core.hardlink_lock"));
    if (value != "true" && value != "false")
        throw Error{errors::config_broken, fmt::format("'core.hardlink_lock' is true or false, not {}", quoted(value))}
            .at(found->place())
            .hint("dvc config --unset core.hardlink_lock");
    if (value == "true")
        throw Error{
            errors::config_unsupported,
            "mlo cannot take DVC's locks where 'core.hardlink_lock' is true: they stay behind when a process dies"}
            .at(found->place())
            .hint("dvc config --local core.hardlink_lock false");
}

Site::Sharing sharing_of(const Configuration& configuration) {
    const auto* const found = configuration.find("cache.shared");
    if (found == nullptr) return Site::Sharing::own;
    const auto value = lower(Configuration::text_of(*found, "cache.shared"));
    if (value == "group") return Site::Sharing::group;
    throw Error{errors::config_broken, fmt::format("'cache.shared' is group or not there, not {}", quoted(value))}
        .at(found->place())
        .hint("dvc config --unset cache.shared");
}

/// Whether git has this file in its index, so that it came with a clone.
bool is_committed(const std::string& file, std::span<const std::string> environment) {
    const git::Environment variables{{environment.begin(), environment.end()}};
    const auto layout = git::discover(path::parent(file), variables);
    if (!layout || !layout->has_work_tree()) return false;
    const auto below = path::below(file, layout->work_tree);
    if (!below) return false;
    git::Repository repository{*layout, variables};
    return !repository.tracked(std::array{*below}).empty();
}

std::string resolve(const Found& found, const std::string& value, std::span<const std::string> environment) {
    const auto scheme = value.find("://");
    if (scheme != value.npos && scheme > 0)
        throw Error{errors::config_unsupported, fmt::format("the cache {} is no folder", quoted(value))}
            .at(found.place())
            .hint("dvc config --local cache.dir PATH");
    if (value == "~" || value.starts_with("~/")) {
        if (const auto home = home_of(environment); !home.empty())
            return path::normalize(path::join(home, value.substr(std::min<std::size_t>(value.size(), 2))));
    }
    if (value.starts_with('~'))
        throw Error{errors::config_unsupported,
                    fmt::format("the cache {} is in a home that mlo does not look up", quoted(value))}
            .at(found.place())
            .hint("dvc config --local cache.dir PATH");
    return path::absolute(value, found.folder);
}

std::string cache_of(const Configuration& configuration, const Site& site, std::span<const std::string> environment) {
    if (const auto* const found = configuration.find("cache.local"))
        throw Error{errors::config_unsupported, "'cache.local' makes a remote the cache, which mlo does not do"}
            .at(found->place())
            .hint("dvc config --unset cache.local");
    const auto* const found = configuration.find("cache.dir");
    if (found == nullptr) return path::join(site.root, ".dvc/cache");
    auto folder = resolve(*found, Configuration::text_of(*found, "cache.dir"), environment);
    if (path::is_within(folder, site.workspace)) return folder;
    const bool came_with_clone =
        found->level == Level::repository ||
        (found->level == Level::local && is_committed(path::join(found->folder, "config.local"), environment));
    if (!came_with_clone) return folder;
    throw Error{
        errors::cache_outside,
        fmt::format("'cache.dir' leads out of the workspace, to {}, in a file that is committed", quoted(folder))}
        .at(found->place())
        .hint(found->level == Level::repository ? "dvc config --local cache.dir PATH"
                                                : "git rm --cached .dvc/config.local");
}

/// The folder, relative to the workspace, that holds the nearest `.dvc`.
std::optional<std::string> find_root(Dir& workspace, std::string_view folder) {
    for (std::string at{folder};; at = path::parent(at)) {
        const auto status = workspace.open_dir(at)->stat(folder_name);
        if (status && status->kind == FileKind::directory) return at;
        if (status && status->kind == FileKind::symlink)
            throw_system_error(ELOOP, "open folder", path::join(path::join(workspace.path(), at), folder_name));
        if (at.empty()) return std::nullopt;
    }
}

}  // namespace

std::optional<Site> find_site(const std::string& root, std::string_view folder,
                              std::span<const std::string> environment, const Runtime& runtime) {
    const auto workspace = runtime.fs.open_root(root);
    const auto found = find_root(*workspace, folder);
    if (!found) return std::nullopt;
    Site site;
    site.workspace = path::normalize(root);
    site.root = path::join(site.workspace, *found);
    site.tmp_dir = path::join(site.root, ".dvc/tmp");
    Configuration configuration{site.workspace, environment, runtime};
    configuration.read(site.root, *workspace->open_dir(path::join(*found, folder_name)));
    refuse_hardlink_lock(configuration);
    site.sharing = sharing_of(configuration);
    site.cache_dir = cache_of(configuration, site, environment);
    return site;
}

}  // namespace mlo::dvc

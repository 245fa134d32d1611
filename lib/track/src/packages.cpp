// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <mlo/track/packages.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>

#include "small_file.hpp"

namespace mlo::track {
namespace {

std::string value_of(std::span<const std::string> environment, std::string_view name) {
    for (const std::string_view entry : environment)
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
            return std::string{entry.substr(name.size() + 1)};
    return {};
}

constexpr std::size_t most_packages = 20'000;
constexpr std::size_t longest_head = 64 * 1024;
constexpr std::size_t longest_word = 200;

/// A name or a version as it may stand in a list.
bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= longest_word &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

/// Of a header block "Name: value" the value.
std::string_view header(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        if (trim(line).empty()) break;  // what follows is a description
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':'))
            return trim(line.substr(name.size() + 1));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return {};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// PEP 503: names that differ in case and in runs of "-_." are one.
std::string normalized(std::string_view name) {
    std::string result;
    for (const char c : name) {
        const bool is_separator = c == '-' || c == '_' || c == '.';
        if (is_separator && result.ends_with('-')) continue;
        result += is_separator ? '-' : lower(c);
    }
    return result;
}

/// Packages by normalised name; the first of a name counts, as it does when it is imported.
class PackageList {
public:
    void add(std::string_view name, std::string_view version) {
        if (is_word(name) && is_word(version) && packages_.size() < most_packages)
            packages_.try_emplace(normalized(name), fmt::format("{}=={}\n", name, version));
    }
    [[nodiscard]] std::string text() const {
        std::string lines;
        for (const auto& [name, line] : packages_) lines += line;
        return lines;
    }

private:
    std::map<std::string, std::string> packages_;
};

std::vector<DirEntry> entries_of(Dir& dir) {
    try {
        auto entries = dir.list();
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        return entries;
    } catch (const Error&) {
        return {};
    }
}

class PackageReader {
public:
    PackageReader(const PackagePlaces& places, const Runtime& runtime) : places_{places}, runtime_{runtime} {}

    PackageLists read() {
        read_python();
        read_conda();
        read_r();
        return std::move(found_);
    }

private:
    void keep(const char* kind, const PackageList& list) {
        if (auto text = list.text(); !text.empty()) found_.lists[kind] = std::move(text);
    }

    void read_python() {
        const auto interpreter = find_interpreter();
        if (!interpreter) return;
        PackageList list;
        for (const auto& folder : python_folders(*interpreter)) {
            runtime_.check_stop();
            if (const auto dir = try_open(runtime_.fs, folder)) read_distributions(*dir, list);
        }
        keep("pip", list);
    }

    std::optional<std::string> find_interpreter() {
        const auto name = path::name(places_.program);
        if (name.starts_with("python") || name.starts_with("pypy")) {
            if (places_.program.starts_with('/')) return places_.program;
            if (places_.program.find('/') == std::string::npos)
                return find_program(places_.program, places_.search_path);
        }
        if (!places_.virtual_env.empty()) return path::join(places_.virtual_env, "bin/python");
        if (auto found = find_program("python", places_.search_path)) return found;
        return find_program("python3", places_.search_path);
    }

    /// sys.path's folders of packages, in order, by the layout of an installation (site.py).
    std::vector<std::string> python_folders(const std::string& interpreter) {
        const auto start = read_start(runtime_.fs, real_path(interpreter), 2);
        if (start == "#!") return ask_python(interpreter);
        std::vector<std::string> folders;
        for (auto& each : split(places_.python_path, ':'))
            if (each.starts_with('/')) folders.push_back(std::move(each));
        const std::string prefix{path::parent(path::parent(interpreter))};
        const auto settings = read_start(runtime_.fs, path::join(prefix, "pyvenv.cfg"), longest_head);
        if (settings) {
            add_site_folders(prefix, folders);
            bool is_alone = true;
            for (const auto& line : split(*settings, '\n')) {
                const auto equals = line.find('=');
                if (equals != std::string::npos &&
                    trim(std::string_view{line}.substr(0, equals)) == "include-system-site-packages")
                    is_alone = trim(std::string_view{line}.substr(equals + 1)) != "true";
            }
            if (is_alone) return folders;
        }
        if (!places_.home.empty()) add_site_folders(path::join(places_.home, ".local"), folders);
        const std::string base{path::parent(path::parent(real_path(interpreter)))};
        if (base == "/usr") {
            add_site_folders("/usr/local", folders);
            folders.emplace_back("/usr/lib/python3/dist-packages");  // Debian
        }
        add_site_folders(base, folders);
        return folders;
    }

    /// `<prefix>/lib/python3.*/site-packages`, and Debian's dist-packages.
    void add_site_folders(const std::string& prefix, std::vector<std::string>& folders) {
        for (const char* library : {"lib", "lib64"}) {
            const auto folder = path::join(prefix, library);
            const auto dir = try_open(runtime_.fs, folder);
            if (!dir) continue;
            for (const auto& entry : entries_of(*dir)) {
                if (!entry.name.starts_with("python3.") && !entry.name.starts_with("pypy3.")) continue;
                for (const char* packages : {"site-packages", "dist-packages"})
                    folders.push_back(path::join(path::join(folder, entry.name), packages));
            }
        }
    }

    std::vector<std::string> ask_python(const std::string& interpreter) {
        try {
            const auto result = run_process({.program = interpreter,
                                             .arguments = {"-c", "import sys; print('\\n'.join(sys.path[1:]))"},
                                             .environment = places_.environment,
                                             .output_limit_bytes = longest_head});
            if (result.exit_code == 0) return split(trim(result.output), '\n');
            found_.losses.push_back(fmt::format("the packages of {} could not be read: it ends with {}",
                                                quoted(interpreter), result.exit_code));
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id) throw;
            found_.losses.push_back(
                fmt::format("the packages of {} could not be read: {}", quoted(interpreter), error.message()));
        }
        return {};
    }

    void read_distributions(Dir& folder, PackageList& list) {
        for (const auto& entry : entries_of(folder)) {
            const bool is_wheel = entry.name.ends_with(".dist-info");
            if (!is_wheel && !entry.name.ends_with(".egg-info")) continue;
            std::optional<std::string> text;
            if (entry.kind == FileKind::regular) {
                text = read_start(folder, entry.name, longest_head);
            } else if (entry.kind == FileKind::directory) {
                try {
                    text = read_start(*folder.open_dir(entry.name), is_wheel ? "METADATA" : "PKG-INFO", longest_head);
                } catch (const Error&) {
                    continue;
                }
            }
            if (text) list.add(header(*text, "Name"), header(*text, "Version"));
        }
    }

    /// conda-meta/NAME-VERSION-BUILD.json
    void read_conda() {
        const auto dir =
            places_.conda.empty() ? nullptr : try_open(runtime_.fs, path::join(places_.conda, "conda-meta"));
        if (!dir) return;
        PackageList list;
        for (const auto& entry : entries_of(*dir)) {
            std::string_view name = entry.name;
            if (!name.ends_with(".json")) continue;
            name.remove_suffix(5);
            const auto build = name.rfind('-');
            const auto version = build == 0 || build == name.npos ? name.npos : name.rfind('-', build - 1);
            if (version == name.npos) continue;
            list.add(name.substr(0, version),
                     fmt::format("{}={}", name.substr(version + 1, build - version - 1), name.substr(build + 1)));
        }
        keep("conda", list);
    }

    /// Libraries in R's own order: the user's, the site's, R's.
    void read_r() {
        const auto program = find_program("R", places_.search_path);
        if (!program) return;
        const std::string prefix{path::parent(path::parent(*program))};
        PackageList list;
        for (const auto& folder : {path::join(prefix, "local/lib/R/site-library"),
                                   path::join(prefix, "lib/R/site-library"), path::join(prefix, "lib/R/library")}) {
            const auto dir = try_open(runtime_.fs, folder);
            if (!dir) continue;
            for (const auto& entry : entries_of(*dir)) {
                if (entry.kind != FileKind::directory) continue;
                try {
                    const auto text = read_start(*dir->open_dir(entry.name), "DESCRIPTION", longest_head);
                    if (text) list.add(header(*text, "Package"), header(*text, "Version"));
                } catch (const Error&) {
                    continue;
                }
            }
        }
        keep("r", list);
    }

    static std::string real_path(const std::string& path) {
        const std::unique_ptr<char, decltype(&::free)> resolved{::realpath(path.c_str(), nullptr), &::free};
        return resolved ? std::string{resolved.get()} : path;
    }

    const PackagePlaces& places_;
    const Runtime& runtime_;
    PackageLists found_;
};

}  // namespace

PackagePlaces package_places(std::string program, std::vector<std::string> environment) {
    PackagePlaces places{.program = std::move(program)};
    places.search_path = value_of(environment, "PATH");
    places.home = value_of(environment, "HOME");
    places.virtual_env = value_of(environment, "VIRTUAL_ENV");
    places.conda = value_of(environment, "CONDA_PREFIX");
    places.python_path = value_of(environment, "PYTHONPATH");
    places.environment = std::move(environment);
    return places;
}

PackageLists read_packages(const PackagePlaces& places, const Runtime& runtime) {
    return PackageReader{places, runtime}.read();
}

}  // namespace mlo::track

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <mlo/util/runtime.hpp>

/// Tables: CSV, JSON lines, Parquet and SQLite as typed columns, and SQL over them. What holds: lib/table/README.md.
namespace mlo::table {

struct Api;

/// Where the engine's library is.
struct EnginePlace {
    /// Absolute, fixed when mlo was installed: never a name that is searched for.
    std::string library;
    /// A file in a folder of the user alone, which remembers by its stat signature that the library was checked; empty:
    /// it is checked each time (some 50 ms).
    std::string memory;
};

/// The library behind tables, opened and known to be the one that mlo was built for. Thread-safe.
class Engine {
public:
    /// Opens the library once its SHA-256 is the pinned one. What was checked is what is opened, whatever becomes of
    /// the path meanwhile. Throws engine_missing, engine_untrusted, engine_unusable.
    [[nodiscard]] static std::shared_ptr<const Engine> open(const EnginePlace& place, const Runtime& runtime);
    /// For open(): nobody else has an Api.
    Engine(std::string path, std::unique_ptr<const Api> api);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// "1.5.6".
    [[nodiscard]] std::string_view version() const noexcept;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// For the sources of this component.
    [[nodiscard]] const Api& api() const noexcept { return *api_; }

private:
    std::string path_;
    std::unique_ptr<const Api> api_;
};

}  // namespace mlo::table

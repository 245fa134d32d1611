// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mlo/store/transfer.hpp>
#include <span>

namespace mlo::cli {

class Context;

/// Whether the user asked for what a remote has (`--pull`), or the settings decide.
enum class AskRemote { as_set, now };

/// Results of stages that others had, and ours for them, by way of a remote: `mlo run --pull`, and the settings
/// cache.remote, cache.read and cache.write. Without either nothing here does anything.
class ResultCache {
public:
    /// Throws unknown_remote, no_default; with AskRemote::as_set only for a cache.remote that does not exist.
    ResultCache(Context& ctx, AskRemote ask);
    ~ResultCache();
    ResultCache(const ResultCache&) = delete;
    ResultCache& operator=(const ResultCache&) = delete;

    /// Gets what is known there of results and runs. What fails is thrown with AskRemote::now, else it is a warning.
    void pull();
    /// What gets objects from there; empty if nothing is to be asked. Thread-safe; what fails is logged.
    [[nodiscard]] std::function<void(std::span<const store::ObjectRef>)> fetcher();
    /// Sends what is new here, with outputs, if cache.write says so. What fails is a warning: the results are here.
    void push();

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::cli

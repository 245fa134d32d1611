// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/pipeline/record.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/workspace/scan.hpp>
#include <mutex>

namespace mlo::pipeline {

/// What one call does with the content that it meets. Thread-safe.
class Sinks {
public:
    virtual ~Sinks() = default;
    /// For one scan.
    [[nodiscard]] virtual std::unique_ptr<workspace::ContentSink> begin() = 0;
    /// False if a file must be read although its id is known.
    [[nodiscard]] virtual bool knows(const store::ObjectId& id) = 0;
    [[nodiscard]] virtual bool is_storing() const noexcept = 0;
    /// Adds what only the content tells.
    virtual void complete(PathState& state, workspace::ContentSink& sink) = 0;

    /// Of a file whose content is known.
    [[nodiscard]] PathState file_state(const store::ObjectId& id, const FileStat& stat) const;
};

/// Only hashes.
class LookingSinks final : public Sinks {
public:
    explicit LookingSinks(const Runtime& runtime) noexcept : runtime_{runtime} {}
    std::unique_ptr<workspace::ContentSink> begin() override;
    bool knows(const store::ObjectId&) override { return true; }
    bool is_storing() const noexcept override { return false; }
    void complete(PathState&, workspace::ContentSink&) override {}

private:
    const Runtime& runtime_;
};

/// Stores what the store lacks; begins nothing if it lacks nothing.
class StoringSinks final : public Sinks {
public:
    explicit StoringSinks(store::ObjectStore& store) noexcept : store_{store} {}
    std::unique_ptr<workspace::ContentSink> begin() override;
    bool knows(const store::ObjectId& id) override { return store_.contains(id); }
    bool is_storing() const noexcept override { return true; }
    void complete(PathState&, workspace::ContentSink&) override {}

    [[nodiscard]] store::ObjectStore& store() noexcept { return store_; }
    [[nodiscard]] store::Ingest& ingest();
    /// Makes all of it durable, then visible.
    void commit();

private:
    store::ObjectStore& store_;
    std::mutex mutex_;
    std::unique_ptr<store::Ingest> ingest_;
};

}  // namespace mlo::pipeline

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/pipeline/record.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/workspace/scan.hpp>
#include <mutex>
#include <optional>

#include "dvc_names.hpp"

namespace mlo::pipeline {

/// What one scan does with the content that it meets. Has its trees at hand where DVC's names are wanted.
class ScanSink : public workspace::ContentSink {
public:
    explicit ScanSink(bool keeps_trees) noexcept;
    store::ObjectId tree(Bytes bytes) final;
    [[nodiscard]] workspace::TreeSource& trees() noexcept { return trees_; }

protected:
    /// `id` is that of `bytes`.
    virtual void take_tree(const store::ObjectId& id, ByteView bytes) = 0;

private:
    /// There are no others.
    class Nothing final : public workspace::TreeSource {
    public:
        Bytes tree(const store::ObjectId& id) override;
    };
    bool keeps_trees_;
    Nothing nothing_;
    workspace::ScannedTrees trees_;
};

/// What one call does with it. Thread-safe.
class Sinks {
public:
    /// `names` are null where DVC's are not wanted.
    explicit Sinks(DvcNames* names) noexcept : names_{names} {}
    virtual ~Sinks() = default;
    /// For one scan.
    [[nodiscard]] virtual std::unique_ptr<ScanSink> begin() = 0;
    /// False if a file must be read although its id is known.
    [[nodiscard]] virtual bool knows(const store::ObjectId& id) = 0;
    [[nodiscard]] virtual bool is_storing() const noexcept = 0;

    /// Of a file whose content is known.
    [[nodiscard]] PathState file_state(const store::ObjectId& id, const FileStat& stat) const;
    /// Adds what DVC calls it.
    void name(PathState& state, ScanSink& sink, const FollowLink& follow) const;

protected:
    [[nodiscard]] bool has_name(const store::ObjectId& id) const;
    DvcNames* names_;
};

/// Only hashes.
class LookingSinks final : public Sinks {
public:
    LookingSinks(const Runtime& runtime, DvcNames* names) noexcept : Sinks{names}, runtime_{runtime} {}
    std::unique_ptr<ScanSink> begin() override;
    bool knows(const store::ObjectId& id) override { return has_name(id); }
    bool is_storing() const noexcept override { return false; }

private:
    const Runtime& runtime_;
};

/// Stores what the store lacks; begins nothing if it lacks nothing.
class StoringSinks final : public Sinks {
public:
    StoringSinks(store::ObjectStore& store, store::LargeFiles large_files, const Runtime& runtime,
                 DvcNames* names) noexcept
        : Sinks{names}, store_{store}, large_files_{large_files}, runtime_{runtime} {}
    std::unique_ptr<ScanSink> begin() override;
    bool knows(const store::ObjectId& id) override { return has_name(id) && store_.contains(id); }
    bool is_storing() const noexcept override { return true; }

    [[nodiscard]] bool has(const store::ObjectId& id) { return store_.contains(id); }
    [[nodiscard]] store::Ingest& ingest();
    /// Makes all of it durable, then visible.
    void commit();

private:
    store::ObjectStore& store_;
    store::LargeFiles large_files_;
    const Runtime& runtime_;
    std::mutex mutex_;
    std::unique_ptr<store::Ingest> ingest_;
};

}  // namespace mlo::pipeline

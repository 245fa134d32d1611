// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <mlo/store/object_store.hpp>
#include <mlo/store/record.hpp>
#include <mlo/util/block.hpp>

/// Objects from one store to another, as the records that packs hold.
namespace mlo::store {

/// An object as somebody names it.
struct ObjectRef {
    ObjectId id;
    ObjectKind kind = ObjectKind::blob;

    friend auto operator<=>(const ObjectRef&, const ObjectRef&) = default;
};

/// One record to be copied. ExportReader has its bytes.
struct ExportItem {
    static constexpr std::uint32_t stored = 0xffffffff;

    ObjectId id;
    RecordForm form = RecordForm::raw;
    std::uint32_t bytes = 0;        ///< about how many it takes in a pack
    std::uint32_t source = stored;  ///< the number of the whole object that it is cut from
    std::uint64_t offset = 0;       ///< in that
};

/// What is missing elsewhere, in the order in which it is to be sent: trees, the bytes of blobs, and recipes with their
/// pieces, each in order of path. A reader finds together what it has to know before it can ask for the bytes, and a
/// broken upload lists no recipe without its chunks. About 64 bytes of memory for each missing record, and 40 for each
/// chunk of an object that is kept whole.
struct ExportPlan {
    std::vector<ExportItem> trees;
    std::vector<ExportItem> data;
    std::vector<ExportItem> recipes;

    [[nodiscard]] std::array<const std::vector<ExportItem>*, 3> parts() const noexcept {
        return {&trees, &data, &recipes};
    }
    [[nodiscard]] std::uint64_t records() const noexcept;
    [[nodiscard]] bool is_empty() const noexcept { return records() == 0; }
    [[nodiscard]] std::uint64_t size_bytes() const noexcept;
};

class ExportReader;

/// Finds out which records a copy of some objects needs. Not thread-safe; several ExportReaders may read at once.
class Exporter {
public:
    /// What is there already under an id.
    using There = std::function<std::optional<RecordForm>(const ObjectId&)>;
    /// believed: if an object that is kept whole here is there at all, its chunks are taken to be there too, and it is
    /// not read. For what was published before.
    enum class Chunks : std::uint8_t { looked_up, believed };

    explicit Exporter(ObjectStore& store);
    ~Exporter();
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /// Adds to `plan` what `there` does not have of `object` and everything that it names; each record once in the life
    /// of this object. Throws object_missing, object_corrupt, tree_invalid; the plan is then as before.
    void plan(const ObjectRef& object, const There& there, Chunks chunks, ExportPlan& plan);

private:
    friend class ExportReader;
    struct State;
    std::unique_ptr<State> state_;
};

/// A record on its way: its payload may be compressed, and lives until the next one is read.
struct ExportRecord {
    RecordInfo info;
    hash::Checksum checksum{};
    ByteView payload;
};

/// Reads what an Exporter planned. Not thread-safe, but each thread may have its own.
class ExportReader {
public:
    explicit ExportReader(const Exporter& exporter);
    ~ExportReader();
    ExportReader(const ExportReader&) = delete;
    ExportReader& operator=(const ExportReader&) = delete;

    /// Checked against its checksum (what is cut here: against its id). Throws object_missing, object_corrupt.
    [[nodiscard]] ExportRecord read(const ExportItem& item);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Takes records that were read elsewhere into a store. Nothing is believed: raw records are hashed at once, and a
/// recipe is stored only after the object's hash was checked over its chunks.
class Importer {
public:
    explicit Importer(ObjectStore& store);
    ~Importer();
    Importer(const Importer&) = delete;
    Importer& operator=(const Importer&) = delete;

    class Run;

    /// What the recipes need and the store has not.
    struct MissingParts {
        std::vector<ObjectId>
            pieces;  ///< of lists of chunks: with those added it may be asked again, for they name more
        std::vector<ObjectId> chunks;
    };
    [[nodiscard]] MissingParts missing_parts();
    struct Refused {
        ObjectId id;
        std::optional<ObjectId> missing;  ///< a part that is not there; nothing: the chunks make up something else
    };
    /// Makes all that was added durable, then visible, and returns the objects whose recipes are not to be had. These
    /// are dropped.
    [[nodiscard]] std::vector<Refused> commit();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Records that arrive in their order in a pack. They are stored one after the other, whatever other runs add
/// meanwhile, because the chunks of a large object are read back fast only where they lie together. Holds at most
/// 4 MiB. Not thread-safe, but each thread may have its own.
class Importer::Run {
public:
    /// `importer` must outlive the object.
    explicit Run(Importer& importer);
    /// What was not finished is dropped.
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// Takes one record, header included, and returns its bytes as they were before compression; they live until the
    /// thread's next call. Throws object_corrupt, pack_corrupt, recipe_invalid.
    ByteView add(const RecordLocation& expected, ByteView record);
    /// Only then are all records in the importer.
    void finish();

private:
    struct Waiting {
        RecordInfo info;
        hash::Checksum checksum{};
        std::size_t offset = 0;  ///< of the payload in payloads_
    };

    Importer::State& state_;
    std::vector<Waiting> waiting_;
    Block payloads_;
};

}  // namespace mlo::store

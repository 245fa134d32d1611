// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/track/run.hpp>
#include <mlo/track/run_store.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

/// A run that wrote an object, or read it.
struct ObjectLink {
    std::string run;
    std::int64_t started_ms = 0;
    std::string path;                      ///< bytes; what the run called it
    InputRole role = InputRole::declared;  ///< of those that read it
};

/// Which runs to tell of an object: those on one side of a moment, nearest to it first.
struct LinkRequest {
    std::optional<std::int64_t> not_after_ms{};   ///< runs that started then or earlier, the latest first
    std::optional<std::int64_t> not_before_ms{};  ///< runs that started then or later, the first first
    std::uint32_t limit = 20;
};

/// What was found, and how many there are besides.
struct ObjectLinks {
    std::vector<ObjectLink> links;
    std::uint64_t omitted = 0;
};

/// The runs that wrote the object: an output or an artifact. By an index, as the others here.
[[nodiscard]] ObjectLinks writers_of(RunStore& runs, const store::ObjectId& id, const LinkRequest& request);
/// The runs that read it: declared or observed inputs; what was merely present does not count.
[[nodiscard]] ObjectLinks readers_of(RunStore& runs, const store::ObjectId& id, const LinkRequest& request);

/// The folders that runs wrote, or read, at `path`: each once, at most `limit`.
[[nodiscard]] std::vector<store::ObjectId> folders_written_at(RunStore& runs, std::string_view path,
                                                              std::uint32_t limit);
[[nodiscard]] std::vector<store::ObjectId> folders_read_at(RunStore& runs, std::string_view path, std::uint32_t limit);

/// What a run called an object: the first of them by path.
struct NamedObject {
    store::ObjectId id;
    store::ObjectKind kind = store::ObjectKind::blob;
    std::string path;  ///< bytes
};
/// The objects that runs read or wrote, or that were present, whose digests begin with `start`: at most `limit`, each
/// once.
[[nodiscard]] std::vector<NamedObject> find_objects(RunStore& runs, ByteView start, std::uint32_t limit);

}  // namespace mlo::track

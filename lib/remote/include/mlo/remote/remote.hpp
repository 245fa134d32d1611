// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mlo/remote/key.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlo {
class File;
}

namespace mlo::remote {

/// Takes the bytes of a value, in order. Used by one thread at a time.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void write(ByteView bytes) = 0;
};

/// The bytes of a value to be stored. They can be read again, so that an upload that broke off may be repeated. Used by
/// one thread at a time.
class Source {
public:
    virtual ~Source() = default;
    [[nodiscard]] virtual std::uint64_t size_bytes() const = 0;
    /// Reads from `offset` until `into` is full or the source ends; returns the number of bytes read.
    [[nodiscard]] virtual std::size_t read(std::span<std::byte> into, std::uint64_t offset) = 0;
    /// The same, for bytes that are looked at and not sent: nobody counts them or slows them down.
    [[nodiscard]] virtual std::size_t peek(std::span<std::byte> into, std::uint64_t offset) {
        return read(into, offset);
    }
    /// A local file that holds exactly these bytes, of the Runtime's Fs: a folder may share its blocks. Null if none.
    [[nodiscard]] virtual File* file() noexcept { return nullptr; }
};

struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = std::numeric_limits<std::uint64_t>::max();  ///< to the end
};

struct Info {
    std::uint64_t size_bytes = 0;
    /// By the remote's own clock; nothing where it does not tell.
    std::optional<Timestamp> modified;
};

struct Listed {
    Key key;
    Info info;
};

enum class PutResult : std::uint8_t { created, existed };

/// What a remote can do and promises, as data: callers ask here instead of for its scheme. To ask for what it cannot do
/// is a bug of the caller.
struct Traits {
    std::string_view scheme;  ///< as its row in schemes.cpp
    bool can_write = false;   ///< put, replace, remove
    bool can_list = false;    ///< otherwise the key `listing` is all there is
    /// It lists for nobody, whatever their rights: who pushes goes by `listing` too.
    bool never_lists = false;
    bool can_range = false;  ///< otherwise get of a range reads from the start
    /// Of two puts of one key, at most one creates it, whatever machines they come from. Otherwise put looks first.
    bool has_exclusive_put = false;
    /// A value is on stable storage when put returns.
    bool is_durable = false;
    std::uint64_t max_value_bytes = std::numeric_limits<std::uint64_t>::max();
    /// How much one get should ask for. Little where a request costs next to nothing: work spreads over threads, and
    /// large objects arrive in order.
    std::uint64_t piece_bytes = std::numeric_limits<std::uint64_t>::max();
    /// How many requests at once may do it good. They mostly wait, so this has nothing to do with processors.
    std::uint32_t streams = 4;
};

/// Bytes addressed by key, somewhere else. Safe to call from several threads at once.
///
/// Every function throws network if retrying may help, auth if it will not, io for troubles of a mounted folder, and
/// interrupted once a stop was requested.
class Remote {
public:
    virtual ~Remote() = default;
    /// Writes the part of the value at `key` that lies in `range` to `sink`; nothing if the value ends before it.
    /// Throws key_absent, no_such_place. What was written before a failure is a true part of the value.
    virtual void get(const Key& key, ByteRange range, Sink& sink) = 0;
    /// Stores `source` at `key` unless a value is there, which is never looked at nor changed. Readers see all of it or
    /// nothing. After either result the value is as durable as traits() say. Throws source_changed.
    [[nodiscard]] virtual PutResult put(const Key& key, Source& source) = 0;
    /// As put, but takes the place of a value that is there: for the one key that is ever overwritten.
    virtual void replace(const Key& key, Source& source) = 0;
    /// Nothing if the key is absent.
    [[nodiscard]] virtual std::optional<Info> stat(const Key& key) = 0;
    /// Calls `visit` for each key below `prefix`, in order of the keys' bytes. A key that is put or removed meanwhile
    /// may be met or not; every other one is met once. Throws what `visit` throws.
    virtual void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) = 0;
    /// Removes the value, durably; one that is not there is as good.
    virtual void remove(const Key& key) = 0;
    [[nodiscard]] virtual const Traits& traits() const noexcept = 0;
    /// The place, for messages: never holds a secret. Not quoted.
    [[nodiscard]] virtual const std::string& shown() const noexcept = 0;
};

}  // namespace mlo::remote

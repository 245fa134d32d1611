// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mlo/remote/remote.hpp>
#include <mlo/util/error.hpp>
#include <string>
#include <string_view>

/// Remotes around a remote: each misbehaves, or watches, in one way. They hold a reference to what they wrap.
namespace mlo::test {

enum class RemoteCall : std::uint8_t { get, put, replace, stat, list, remove };

/// Passes everything on; `before` and `after` are told of each call. What they throw, the call throws: from `after`,
/// the call has taken effect but its answer is lost.
class WatchedRemote : public remote::Remote {
public:
    using Watch = std::function<void(RemoteCall call, const std::string& key)>;

    explicit WatchedRemote(remote::Remote& inner, Watch before = {}, Watch after = {})
        : inner_{inner}, before_{std::move(before)}, after_{std::move(after)} {}

    void get(const remote::Key& key, remote::ByteRange range, remote::Sink& sink) override {
        tell(before_, RemoteCall::get, key.text());
        inner_.get(key, range, sink);
        tell(after_, RemoteCall::get, key.text());
    }
    remote::PutResult put(const remote::Key& key, remote::Source& source) override {
        tell(before_, RemoteCall::put, key.text());
        const auto result = inner_.put(key, source);
        tell(after_, RemoteCall::put, key.text());
        return result;
    }
    void replace(const remote::Key& key, remote::Source& source) override {
        tell(before_, RemoteCall::replace, key.text());
        inner_.replace(key, source);
        tell(after_, RemoteCall::replace, key.text());
    }
    std::optional<remote::Info> stat(const remote::Key& key) override {
        tell(before_, RemoteCall::stat, key.text());
        auto info = inner_.stat(key);
        tell(after_, RemoteCall::stat, key.text());
        return info;
    }
    void list(const remote::Prefix& prefix, const std::function<void(const remote::Listed&)>& visit) override {
        tell(before_, RemoteCall::list, prefix.text());
        inner_.list(prefix, visit);
        tell(after_, RemoteCall::list, prefix.text());
    }
    void remove(const remote::Key& key) override {
        tell(before_, RemoteCall::remove, key.text());
        inner_.remove(key);
        tell(after_, RemoteCall::remove, key.text());
    }
    const remote::Traits& traits() const noexcept override { return inner_.traits(); }
    const std::string& shown() const noexcept override { return inner_.shown(); }

protected:
    [[nodiscard]] remote::Remote& inner() noexcept { return inner_; }

private:
    static void tell(const Watch& watch, RemoteCall call, const std::string& key) {
        if (watch) watch(call, key);
    }

    remote::Remote& inner_;
    Watch before_;
    Watch after_;
};

/// Counts requests, and the bytes of values that went either way.
class CountingRemote final : public WatchedRemote {
public:
    explicit CountingRemote(remote::Remote& inner)
        : WatchedRemote{inner, [this](RemoteCall call, const std::string&) { ++counts_[index(call)]; }} {}

    [[nodiscard]] std::uint64_t count(RemoteCall call) const { return counts_[index(call)]; }
    [[nodiscard]] std::uint64_t requests() const {
        std::uint64_t sum = 0;
        for (const auto& count : counts_) sum += count;
        return sum;
    }
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }
    void reset() {
        for (auto& count : counts_) count = 0;
        bytes_read_ = bytes_written_ = 0;
    }

    void get(const remote::Key& key, remote::ByteRange range, remote::Sink& sink) override {
        struct Counted final : remote::Sink {
            remote::Sink& to;
            std::atomic<std::uint64_t>& count;
            Counted(remote::Sink& into, std::atomic<std::uint64_t>& counter) : to{into}, count{counter} {}
            void write(ByteView bytes) override {
                count += bytes.size();
                to.write(bytes);
            }
        } counted{sink, bytes_read_};
        WatchedRemote::get(key, range, counted);
    }
    remote::PutResult put(const remote::Key& key, remote::Source& source) override {
        const auto result = WatchedRemote::put(key, source);
        if (result == remote::PutResult::created) bytes_written_ += source.size_bytes();
        return result;
    }

private:
    static std::size_t index(RemoteCall call) noexcept { return static_cast<std::size_t>(call); }
    std::array<std::atomic<std::uint64_t>, 6> counts_{};
    std::atomic<std::uint64_t> bytes_read_ = 0;
    std::atomic<std::uint64_t> bytes_written_ = 0;
};

enum class FailureLaw { once, from_then_on };
enum class FailureMoment { before_effect, after_effect };

/// The `at_call`-th call (from 1) throws `error`, without effect or with the answer lost.
class FailingRemote final : public WatchedRemote {
public:
    FailingRemote(remote::Remote& inner, std::uint64_t at_call, Error error, FailureLaw law, FailureMoment moment)
        : WatchedRemote{inner,
                        [this](RemoteCall, const std::string&) {
                            ++calls_;
                            if (moment_ == FailureMoment::before_effect) strike();
                        },
                        [this](RemoteCall, const std::string&) {
                            if (moment_ == FailureMoment::after_effect) strike();
                        }},
          at_call_{at_call},
          error_{std::move(error)},
          law_{law},
          moment_{moment} {}

    /// True once the failure has struck.
    [[nodiscard]] bool struck() const { return struck_; }

private:
    void strike() {
        if (law_ == FailureLaw::once ? calls_ != at_call_ : calls_ < at_call_) return;
        struck_ = true;
        throw Error{error_};
    }

    std::atomic<std::uint64_t> calls_ = 0;
    std::uint64_t at_call_;
    Error error_;
    FailureLaw law_;
    FailureMoment moment_;
    std::atomic<bool> struck_ = false;
};

/// Every transfer, either way, breaks with `error` after `after_bytes` of its bytes.
class CuttingRemote final : public WatchedRemote {
public:
    CuttingRemote(remote::Remote& inner, std::uint64_t after_bytes, Error error)
        : WatchedRemote{inner}, after_bytes_{after_bytes}, error_{std::move(error)} {}

    void get(const remote::Key& key, remote::ByteRange range, remote::Sink& sink) override {
        struct CutSink final : remote::Sink {
            remote::Sink& to;
            std::uint64_t left;
            const Error& error;
            CutSink(remote::Sink& into, std::uint64_t allowed, const Error& failure)
                : to{into}, left{allowed}, error{failure} {}
            void write(ByteView bytes) override {
                const auto part = bytes.first(std::min<std::uint64_t>(left, bytes.size()));
                if (!part.empty()) to.write(part);
                left -= part.size();
                if (part.size() < bytes.size()) throw Error{error};
            }
        } cut{sink, after_bytes_, error_};
        inner().get(key, range, cut);
    }
    remote::PutResult put(const remote::Key& key, remote::Source& source) override {
        CutSource cut{source, after_bytes_, error_};
        return inner().put(key, cut);
    }
    void replace(const remote::Key& key, remote::Source& source) override {
        CutSource cut{source, after_bytes_, error_};
        inner().replace(key, cut);
    }

private:
    struct CutSource final : remote::Source {
        remote::Source& from;
        std::uint64_t allowed;
        const Error& error;
        CutSource(remote::Source& source, std::uint64_t bytes, const Error& failure)
            : from{source}, allowed{bytes}, error{failure} {}
        std::uint64_t size_bytes() const override { return from.size_bytes(); }
        std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
            if (offset + into.size() > allowed) throw Error{error};
            return from.read(into, offset);
        }
    };

    std::uint64_t after_bytes_;
    Error error_;
};

/// Flips the lowest bit of the byte at `offset` of each value that is read and whose key starts with `prefix`.
class CorruptingRemote final : public WatchedRemote {
public:
    CorruptingRemote(remote::Remote& inner, std::string prefix, std::uint64_t offset)
        : WatchedRemote{inner}, prefix_{std::move(prefix)}, offset_{offset} {}

    void get(const remote::Key& key, remote::ByteRange range, remote::Sink& sink) override {
        if (!key.text().starts_with(prefix_)) return inner().get(key, range, sink);
        struct Flip final : remote::Sink {
            remote::Sink& to;
            std::uint64_t at;
            std::uint64_t target;
            Flip(remote::Sink& into, std::uint64_t start, std::uint64_t offset) : to{into}, at{start}, target{offset} {}
            void write(ByteView bytes) override {
                Bytes copy{bytes.begin(), bytes.end()};
                if (target >= at && target - at < copy.size()) copy[target - at] ^= std::byte{1};
                at += copy.size();
                to.write(copy);
            }
        } flip{sink, range.offset, offset_};
        inner().get(key, range, flip);
    }

private:
    std::string prefix_;
    std::uint64_t offset_;
};

}  // namespace mlo::test

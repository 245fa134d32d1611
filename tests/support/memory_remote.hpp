// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mlo/remote/remote.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace mlo::test {

/// A remote in memory that does all that the interface allows. Thread-safe; each call happens at one instant.
class MemoryRemote final : public remote::Remote {
public:
    /// What was stored gets its time from `clock`, which must outlive the remote.
    explicit MemoryRemote(Clock& clock);
    /// One with other traits: to ask for what they deny is a bug that it finds.
    MemoryRemote(Clock& clock, const remote::Traits& traits);

    void get(const remote::Key& key, remote::ByteRange range, remote::Sink& sink) override;
    remote::PutResult put(const remote::Key& key, remote::Source& source) override;
    void replace(const remote::Key& key, remote::Source& source) override;
    std::optional<remote::Info> stat(const remote::Key& key) override;
    void list(const remote::Prefix& prefix, const std::function<void(const remote::Listed&)>& visit) override;
    void remove(const remote::Key& key) override;
    const remote::Traits& traits() const noexcept override { return traits_; }
    const std::string& shown() const noexcept override { return shown_; }

    /// All keys in order, and a value: behind the back of the code under test.
    [[nodiscard]] std::vector<std::string> keys() const;
    [[nodiscard]] std::string value(const std::string& key) const;
    /// Sets a value whatever is there.
    void set(const std::string& key, std::string_view value);

private:
    struct Value {
        std::shared_ptr<const Bytes> bytes;
        Timestamp modified;
    };
    [[nodiscard]] static std::shared_ptr<const Bytes> read_all(remote::Source& source);

    Clock& clock_;
    remote::Traits traits_;
    std::string shown_ = "memory";
    mutable std::mutex mutex_;
    std::map<std::string, Value, std::less<>> values_;
};

}  // namespace mlo::test

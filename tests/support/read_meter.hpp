// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mlo/util/runtime.hpp>

namespace mlo::test {

/// Counts the bytes that are read.
class ReadMeter final : public ProgressSink {
public:
    std::unique_ptr<Progress> begin(std::string_view, ProgressUnit) override { return std::make_unique<Part>(*this); }
    std::uint64_t take() { return bytes_.exchange(0); }

private:
    struct Part final : Progress {
        explicit Part(ReadMeter& meter) : meter_{meter} {}
        void expect(std::uint64_t) override {}
        void advance(std::uint64_t amount) override { meter_.bytes_ += amount; }
        ReadMeter& meter_;
    };
    std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace mlo::test

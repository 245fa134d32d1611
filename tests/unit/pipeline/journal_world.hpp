// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/pipeline/journal.hpp>
#include <mlo/util/runtime.hpp>
#include <mutex>
#include <string>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {

using namespace mlo::pipeline;

inline JournalEntry entry(int number) {
    JournalEntry made{.document = "pipeline.yaml",
                      .stage = "stage " + std::to_string(number),
                      .run = std::to_string(number),
                      .record = {},
                      .duration_ms = number};
    made.record.commands = {"echo " + std::to_string(number)};
    return made;
}

/// A folder of the real file system with a journal in it.
class JournalFolder {
public:
    [[nodiscard]] std::unique_ptr<Journal> open(Journal::Syncing syncing = Journal::Syncing::by_append) const {
        left.clear();
        const auto dir = folder_.open();
        const Runtime runtime{.fs = real_fs(),
                              .clock = system_clock(),
                              .random = system_random(),
                              .log = log_,
                              .progress = silent_progress(),
                              .stop = {}};
        return std::make_unique<Journal>(
            *dir, runtime, [this](const JournalEntry& each) { left += each.run + ' '; }, syncing);
    }
    void write(std::string_view text) const { folder_.write(Journal::file_name, text); }
    [[nodiscard]] std::string read() const { return folder_.read(Journal::file_name); }
    [[nodiscard]] bool exists() const { return folder_.open()->stat(Journal::file_name).has_value(); }
    /// All that was logged.
    [[nodiscard]] std::string notes() const { return log_.notes(); }

    mutable std::string left;  ///< the runs that the last open told
    mutable std::vector<std::string> warnings;

private:
    class Log final : public LogSink {
    public:
        explicit Log(std::vector<std::string>& warnings) : warnings_{warnings} {}
        [[nodiscard]] bool enabled(LogLevel) const noexcept override { return true; }
        void log(LogLevel level, std::string_view text) override {
            const std::lock_guard guard{mutex_};
            notes_ += std::string{text} + '\n';
            if (level == LogLevel::warning && text.find("journal") != std::string_view::npos)
                warnings_.emplace_back(text);
        }
        [[nodiscard]] std::string notes() const {
            const std::lock_guard guard{mutex_};
            return notes_;
        }

    private:
        std::vector<std::string>& warnings_;
        mutable std::mutex mutex_;
        std::string notes_;
    };

    TemporaryFolder folder_;
    mutable Log log_{warnings};
};

}  // namespace mlo::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <mlo/run.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/run_session.hpp>
#include <mlo/track/run_writer.hpp>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "project.hpp"
#include "surroundings.hpp"

namespace mlo {

/// Everything throws mlo::Error.
class Run::Parts {
public:
    [[nodiscard]] static std::unique_ptr<Parts> begin(const RunOptions& options);
    [[nodiscard]] static std::unique_ptr<Parts> attach(std::string_view run, const RunOptions& options);
    explicit Parts(const RunOptions& options);
    ~Parts();
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool is_attached() const noexcept { return !session_; }
    /// False in a process that was forked from the run's.
    [[nodiscard]] bool is_ours() const noexcept;

    void log(std::span<const Metric> metrics, std::optional<std::int64_t> step);
    void flush();
    void param(std::string_view key, std::string value);
    void tag(std::string_view key, std::string_view value);
    void note(std::string_view text);
    void input(std::span<const std::string> paths);
    void store(std::span<const std::string> paths, track::IsModel is_model);
    [[nodiscard]] std::vector<std::string> losses();
    void end(track::RunState state, std::string_view reason);

private:
    class Log;

    void begin();
    void attach(std::string_view run);
    void begin_writing(std::string runs_path, std::string session);
    [[nodiscard]] track::SessionRequest make_request();
    void record_given();
    void record_beside() noexcept;
    void require_ours() const;
    /// Throws run_ended after end(). Under mutex_.
    void require_open() const;
    [[nodiscard]] api::Project& project();
    void leave(std::string_view reason);
    void warn(std::string_view sentence) noexcept;

    const pid_t process_;
    const int exceptions_ = std::uncaught_exceptions();
    RunOptions options_;
    api::Surroundings surroundings_;
    std::string directory_;  ///< absolute
    std::unique_ptr<LogSink> log_;
    Runtime runtime_;
    std::string id_;
    std::string name_;

    std::mutex mutex_;  ///< guards all below but the writer, which guards itself
    std::optional<api::Project> project_;
    std::optional<api::Runs> runs_;
    std::optional<track::RunSession> session_;  ///< of a run that was begun here
    bool has_ended_ = false;
    std::vector<std::string> losses_;  ///< once it has ended
    std::jthread beside_;              ///< uses all above
    std::optional<track::RunWriter> writer_;
};

}  // namespace mlo

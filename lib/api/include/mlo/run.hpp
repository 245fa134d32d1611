// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Experiments recorded from C++. With CMake: find_package(mlo), then target_link_libraries(program mlo::mlo). The
/// manual is mlo-cpp(7), "mlo help cpp".
///
///     auto run = mlo::Run::attach_or_begin({.params = {{"model", "linear"}}});
///     for (int epoch = 0; epoch < 10; ++epoch) run.log({{"loss", train()}, {"accuracy", test()}}, epoch);
///     run.model("model.bin");

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define MLO_API __attribute__((visibility("default")))

namespace mlo {

/// What could not be done. what() says all of it in one line.
class MLO_API RunError : public std::runtime_error {
public:
    RunError(std::string code, const std::string& message, std::string help);
    ~RunError() override;
    RunError(const RunError&);
    RunError& operator=(const RunError&);

    /// "T003": 'mlo explain T003' has cause and cure.
    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    /// What to do next, as a sentence or a command; may be empty.
    [[nodiscard]] const std::string& help() const noexcept { return help_; }

private:
    std::string code_;
    std::string help_;
};

/// A metric and its value at one moment. NaN and infinities are kept as such.
struct Metric {
    std::string_view key;
    double value = 0;
};

/// When a point that was logged is recorded, so that it survives the death of the process.
enum class Logging : std::uint8_t {
    batched,    ///< within a tenth of a second (or when flush returns): a call costs a microsecond or two
    each_point  ///< when log returns: a call costs some 50 microseconds, more where many processes log at once
};

/// What a run is given when it begins. All of it may be left out.
struct RunOptions {
    std::string experiment{};  ///< "": Default
    std::string name{};        ///< "": two words and a number
    std::string note{};
    std::string parent{};  ///< the id of the run that it belongs to; "": that of MLO_RUN_ID, if it is set
    std::vector<std::pair<std::string, std::string>> params{};
    std::vector<std::pair<std::string, std::string>> tags{};
    std::vector<std::string> inputs{};   ///< files and folders that it uses, tracked or not; they must be there
    std::vector<std::string> outputs{};  ///< files and folders that it makes: stored when it ends
    std::vector<std::string> command{};  ///< argv; empty: that of this process
    bool records_diff = true;            ///< whether to look at uncommitted changes of the code
    bool records_inputs = true;          ///< whether to look at all tracked data, not only at `inputs`

    std::string directory{};  ///< the run belongs to the repository around it, and paths are relative to it; "": the
                              ///< current one
    Logging logging = Logging::batched;
    /// Takes what could not be recorded, or has to wait, in a sentence, while the program goes on. May be called from
    /// any thread; of the run it may call log alone. None: the sentence is printed to standard error.
    std::function<void(std::string_view)> warn{};
};

/// A run that is going on. It is recorded in the repository around the current folder (a workspace of mlo: 'mlo init')
/// and shows up in 'mlo runs' like any other.
///
/// All functions may be called from several threads at once, except for moving and destroying. Those that can fail
/// throw RunError; a program that would rather go on without being recorded catches it. After fork() the run stays with
/// the parent: in the child every call throws, and the destructor does nothing.
class MLO_API Run {
public:
    /// Begins a run that belongs to this process: if that dies without ending it, the run is marked LOST. Code, inputs,
    /// command line and environment are recorded before it returns, the rest (diff, machine) beside the program.
    [[nodiscard]] static Run begin(const RunOptions& options = {});

    /// Joins a run that somebody else began and will end: `run` is its id, "" means that of MLO_RUN_ID, which 'mlo
    /// track' sets. Of the options, params, tags, inputs, outputs and a note that is not empty are added to it; name,
    /// experiment, parent and command stay what they are.
    [[nodiscard]] static Run attach(std::string_view run = {}, const RunOptions& options = {});

    /// attach() where MLO_RUN_ID is set, so that a program under 'mlo track' has one run and not two; else begin().
    [[nodiscard]] static Run attach_or_begin(const RunOptions& options = {});

    Run(Run&&) noexcept = default;
    Run& operator=(Run&&) noexcept = default;
    /// Ends the run, unless that was done: FINISHED, or FAILED while an exception passes that was thrown after the run
    /// began. (One that nobody catches ends the program without destructors: the run is LOST then, which is true too.)
    /// What fails is told to RunOptions::warn. A run that was attached is left to whoever began it.
    ~Run() = default;

    /// 32 hexadecimal digits, the same wherever the run travels.
    [[nodiscard]] const std::string& id() const noexcept;
    [[nodiscard]] const std::string& name() const noexcept;
    /// Whether somebody else began the run, and will end it.
    [[nodiscard]] bool is_attached() const noexcept;

    /// Logs one value; without a step, at the step after the greatest that the metric has had, from 0 on. Throws T004
    /// for a name that no metric can have. With Logging::batched that is all that it throws: what goes wrong later is
    /// told to RunOptions::warn, by the next flush and at the end, and kept with the run.
    void log(std::string_view key, double value);
    void log(std::string_view key, double value, std::int64_t step);
    /// Logs values of one moment together: all of them, or none. Cheaper than one by one.
    void log(std::span<const Metric> metrics);
    void log(std::span<const Metric> metrics, std::int64_t step);
    void log(std::initializer_list<Metric> metrics) { log(std::span{metrics.begin(), metrics.size()}); }
    void log(std::initializer_list<Metric> metrics, std::int64_t step) {
        log(std::span{metrics.begin(), metrics.size()}, step);
    }
    /// Returns once everything that was logged before is recorded. Throws if some of it was lost, or has to wait (for
    /// space on the disk): it is tried again all the while.
    void flush();

    /// Records a parameter: one value, for ever. The same again is no error, another is (T003). Numbers are written so
    /// that reading them gives the same number.
    void param(std::string_view key, std::string_view value);
    void param(std::string_view key, const char* value) { param(key, std::string_view{value}); }
    template <std::integral Value>
    void param(std::string_view key, Value value) {
        if constexpr (std::same_as<Value, bool>)
            param(key, value ? "true" : "false");
        else if constexpr (std::signed_integral<Value>)
            integer(key, std::int64_t{value});
        else
            unsigned_integer(key, std::uint64_t{value});
    }
    void param(std::string_view key, float value);
    void param(std::string_view key, double value);

    /// Sets a tag, which may change.
    void tag(std::string_view key, std::string_view value);
    /// Replaces the text about the run.
    void note(std::string_view text);

    /// Records that a file or folder as it is now is used. Its id is recorded, its content is not stored.
    void input(const std::string& path);
    /// Stores a file or folder as it is now, durably, as an output of the run.
    void artifact(const std::string& path);
    /// The same for a trained model.
    void model(const std::string& path);

    /// What of the run could not be recorded so far, in sentences.
    [[nodiscard]] std::vector<std::string> losses() const;

    /// Ends the run as FINISHED: outputs are stored, and all of it is sealed and survives a loss of power when this
    /// returns. Throws if that cannot be done; the next command of mlo then does the rest. Nothing can be recorded
    /// afterwards. A run that was attached is flushed and left.
    void finish();
    /// The same as FAILED; `reason` becomes the tag 'error' of the run. An attached run gets the tag, and is left.
    void fail(std::string_view reason = {});

private:
    class [[gnu::visibility("hidden")]] Parts;
    struct MLO_API Close {
        void operator()(Parts* parts) const noexcept;
    };
    explicit Run(std::unique_ptr<Parts, Close> parts) noexcept : parts_{std::move(parts)} {}
    [[nodiscard]] Parts& parts() const;
    void integer(std::string_view key, std::int64_t value);
    void unsigned_integer(std::string_view key, std::uint64_t value);

    std::unique_ptr<Parts, Close> parts_;
};

}  // namespace mlo

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <mlo/run.hpp>
#include <mlo/util/errors.hpp>
#include <system_error>

#include "run_parts.hpp"

namespace mlo {
namespace {

std::string describe(const std::string& code, const std::string& message, const std::string& help) {
    auto text = fmt::format("{} [MLO-{}]", message, code);
    if (!help.empty()) text += fmt::format("; help: {}", help);
    return text;
}

/// The caller knows nothing of the library's own exceptions.
template <class Step>
auto translated(Step step) {
    try {
        return step();
    } catch (const Error& error) {
        auto message = error.message();
        for (const auto& note : error.notes()) message += fmt::format(" ({})", note);
        throw RunError{std::string{error.code().id}, message, error.hint_text()};
    } catch (const std::system_error& error) {  // no more threads
        throw RunError{std::string{errors::system_call.id}, error.what(), {}};
    }
}

}  // namespace

RunError::RunError(std::string code, const std::string& message, std::string help)
    : std::runtime_error{describe(code, message, help)}, code_{std::move(code)}, help_{std::move(help)} {}
RunError::~RunError() = default;
RunError::RunError(const RunError&) = default;
RunError& RunError::operator=(const RunError&) = default;

void Run::Close::operator()(Parts* parts) const noexcept {
    // Threads and connections of the parent are of no use to a child, and cannot be closed there.
    if (parts != nullptr && parts->is_ours()) delete parts;
}

Run Run::begin(const RunOptions& options) {
    return translated([&] { return Run{std::unique_ptr<Parts, Close>{Parts::begin(options).release()}}; });
}

Run Run::attach(std::string_view run, const RunOptions& options) {
    return translated([&] { return Run{std::unique_ptr<Parts, Close>{Parts::attach(run, options).release()}}; });
}

Run Run::attach_or_begin(const RunOptions& options) {
    return translated([&] {
        auto parts = api::look_around().get("MLO_RUN_ID").empty() ? Parts::begin(options) : Parts::attach({}, options);
        return Run{std::unique_ptr<Parts, Close>{parts.release()}};
    });
}

Run::Parts& Run::parts() const {
    if (!parts_)
        throw RunError{std::string{track::errors::run_ended.id}, "this object has no run any more: it was moved from",
                       "use the object that it was moved to"};
    return *parts_;
}

const std::string& Run::id() const noexcept { return parts_->id(); }
const std::string& Run::name() const noexcept { return parts_->name(); }
bool Run::is_attached() const noexcept { return parts_->is_attached(); }

void Run::log(std::string_view key, double value) {
    const Metric metric{key, value};
    log(std::span{&metric, 1});
}

void Run::log(std::string_view key, double value, std::int64_t step) {
    const Metric metric{key, value};
    log(std::span{&metric, 1}, step);
}

void Run::log(std::span<const Metric> metrics) {
    translated([&] { parts().log(metrics, std::nullopt); });
}

void Run::log(std::span<const Metric> metrics, std::int64_t step) {
    translated([&] { parts().log(metrics, step); });
}

void Run::flush() {
    translated([&] { parts().flush(); });
}

void Run::param(std::string_view key, std::string_view value) {
    translated([&] { parts().param(key, std::string{value}); });
}

void Run::param(std::string_view key, float value) { param(key, fmt::to_string(value)); }
void Run::param(std::string_view key, double value) { param(key, fmt::to_string(value)); }
void Run::integer(std::string_view key, std::int64_t value) { param(key, fmt::to_string(value)); }
void Run::unsigned_integer(std::string_view key, std::uint64_t value) { param(key, fmt::to_string(value)); }

void Run::tag(std::string_view key, std::string_view value) {
    translated([&] { parts().tag(key, value); });
}

void Run::note(std::string_view text) {
    translated([&] { parts().note(text); });
}

void Run::input(const std::string& path) {
    translated([&] { parts().input({&path, 1}); });
}

void Run::artifact(const std::string& path) {
    translated([&] { parts().store({&path, 1}, track::IsModel::no); });
}

void Run::model(const std::string& path) {
    translated([&] { parts().store({&path, 1}, track::IsModel::yes); });
}

std::vector<std::string> Run::losses() const {
    return translated([&] { return parts().losses(); });
}

void Run::finish() {
    translated([&] { parts().end(track::RunState::finished, {}); });
}

void Run::fail(std::string_view reason) {
    translated([&] { parts().end(track::RunState::failed, reason); });
}

}  // namespace mlo

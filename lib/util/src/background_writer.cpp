// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/background_writer.hpp>
#include <system_error>
#include <utility>

namespace mlo {

BackgroundWriter::BackgroundWriter(File& file, std::uint32_t jobs) : file_{file}, jobs_{jobs} {}

BackgroundWriter::~BackgroundWriter() = default;

void BackgroundWriter::write(ByteView bytes) {
    while (!bytes.empty()) {
        if (!filling_) filling_.emplace();
        bytes = filling_->fill(bytes);
        if (filling_->is_full()) hand_over();
    }
}

void BackgroundWriter::finish() {
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return failure_ || (full_.empty() && !is_writing_); });
        if (failure_) std::rethrow_exception(failure_);
    }
    if (has_begun_) file_.set_caching(Caching::usual);
    if (filling_) file_.write(filling_->bytes());
    filling_.reset();
}

void BackgroundWriter::begin() {
    has_begun_ = true;
    file_.set_caching(Caching::bypassed);
    if (jobs_ == 1) return;
    try {
        thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
    } catch (const std::system_error&) {
        // No more threads to be had: this one writes.
    }
}

void BackgroundWriter::hand_over() {
    if (!has_begun_) begin();
    if (!thread_.joinable()) {
        file_.write(filling_->bytes());
        filling_->clear();
        return;
    }
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return failure_ || full_.size() < max_full_blocks; });
    if (failure_) std::rethrow_exception(failure_);
    full_.push_back(*std::exchange(filling_, std::nullopt));
    if (!empty_.empty()) {
        filling_ = std::move(empty_.front());
        empty_.pop_front();
    }
    changed_.notify_all();
}

void BackgroundWriter::work(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [&] { return !full_.empty(); })) {
        auto block = std::move(full_.front());
        full_.pop_front();
        is_writing_ = true;
        lock.unlock();
        std::exception_ptr failure;
        try {
            file_.write(block.bytes());
        } catch (...) {
            failure = std::current_exception();
        }
        block.clear();
        lock.lock();
        is_writing_ = false;
        failure_ = failure;
        empty_.push_back(std::move(block));
        changed_.notify_all();
        if (failure_) return;
    }
}

}  // namespace mlo

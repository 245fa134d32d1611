// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mlo/net/errors.hpp>
#include <mlo/net/sftp.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "sftp_wire.hpp"

namespace mlo::net {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t protocol_version = 3;
/// A server that answers nothing for so long is given up. ssh itself notices much sooner when the host is gone, so this
/// is about a server that hangs: a disk that needs minutes to sync is none.
constexpr std::chrono::seconds stall_timeout = 300s;
/// How often somebody who waits looks whether that has happened.
constexpr auto look_interval = 1s;
/// So long an ended session waits for its server to end too, which has nothing left to do.
constexpr auto end_patience = 1s;

}  // namespace

/// Where an answer arrives. Shared by the session, until it has come, and by the one who waits for it.
class SftpReply::Slot {
public:
    /// `look` is called now and then while somebody waits; what it returns ends that.
    Slot(std::stop_token stop, std::function<std::optional<Error>()> look)
        : stop_{std::move(stop)}, look_{std::move(look)} {}

    void answer(SftpAnswer answer) {
        const std::scoped_lock lock{mutex_};
        answer_ = std::move(answer);
        arrived_.notify_all();
    }
    void fail(const Error& error) {
        const std::scoped_lock lock{mutex_};
        failure_ = error;
        arrived_.notify_all();
    }

    SftpAnswer get() {
        std::unique_lock lock{mutex_};
        while (!arrived_.wait_for(lock, stop_, look_interval, [this] { return is_done(); })) {
            if (stop_.stop_requested()) throw Error{mlo::errors::interrupted, "interrupted"};
            lock.unlock();
            if (auto trouble = look_()) throw Error{std::move(*trouble)};
            lock.lock();
        }
        if (failure_) throw Error{*failure_};
        return std::move(*answer_);
    }

    std::optional<SftpAnswer> get_within(std::chrono::milliseconds patience) {
        std::unique_lock lock{mutex_};
        arrived_.wait_for(lock, patience, [this] { return is_done(); });
        return std::move(answer_);
    }

private:
    [[nodiscard]] bool is_done() const { return answer_ || failure_; }

    std::stop_token stop_;
    std::function<std::optional<Error>()> look_;
    std::mutex mutex_;  ///< guards all below
    std::condition_variable_any arrived_;
    std::optional<SftpAnswer> answer_;
    std::optional<Error> failure_;
};

SftpAnswer SftpReply::get() { return slot_->get(); }

std::optional<SftpAnswer> SftpReply::get_within(std::chrono::milliseconds patience) noexcept {
    try {
        return slot_ ? slot_->get_within(patience) : std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

class SftpSession::Core {
public:
    Core(std::unique_ptr<SftpChannel> channel, const Runtime& runtime)
        : runtime_{runtime}, channel_{std::move(channel)} {
        // A stop before there is anything to end properly: nobody waits for a connection that he does not want.
        const std::stop_callback cut{runtime_.stop, [this] { channel_->cut(); }};
        greet();
        reader_ = std::thread{[this] { receive(); }};
    }

    ~Core() {
        channel_->finish();
        {
            std::unique_lock lock{mutex_};
            ended_.wait_for(lock, end_patience, [this] { return failure_.has_value(); });
        }
        channel_->cut();
        reader_.join();
    }
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// The second step, which may throw while the thread runs.
    void ask_limits() {
        if (!version_.has_limits) return;
        const auto answer =
            send(SftpWriter{SftpType::extended}, [](SftpWriter& packet) { packet.string("limits@openssh.com"); }).get();
        if (answer.is_ok()) take_sftp_limits(answer.data, version_.extensions);
    }

    [[nodiscard]] const SftpExtensions& extensions() const noexcept { return version_.extensions; }
    [[nodiscard]] bool is_alive() const {
        const std::scoped_lock lock{mutex_};
        return !failure_;
    }

    /// Sends a request of which `start` is the type and `fill` adds all after the number; `body` ends it.
    template <class Fill>
    SftpReply send(SftpWriter start, Fill fill, ByteView body = {}) {
        const auto slot = std::make_shared<Slot>(
            runtime_.stop, [this, asked = runtime_.clock.elapsed()] { return find_stall(asked); });
        // Numbers go out in their order, so that nothing has to be said about what overtakes what.
        const std::scoped_lock sending{sending_};
        start.number(expect(slot));
        fill(start);
        if (!channel_->send(std::move(start).finish(body.size()), body)) channel_->cut();  // the reader finds out why
        return SftpReply{slot};
    }

private:
    using Slot = SftpReply::Slot;

    std::uint32_t expect(const std::shared_ptr<Slot>& slot) {
        const std::scoped_lock lock{mutex_};
        if (failure_) throw Error{*failure_};
        while (waiting_.contains(next_id_)) ++next_id_;
        waiting_.emplace(next_id_, slot);
        return next_id_++;
    }

    /// INIT and VERSION: section 4.
    void greet() {
        auto hello = SftpWriter{SftpType::init};
        hello.number(protocol_version);
        // Whether it arrived shows when the answer comes.
        static_cast<void>(channel_->send(std::move(hello).finish(), {}));
        while (true) {
            if (const auto packet = cutter_.next(channel_->shown())) {
                version_ = parse_sftp_version(*packet, channel_->shown());
                break;
            }
            const auto count = channel_->receive(cutter_.room());
            if (count == 0) {
                runtime_.check_stop();
                throw channel_->reason(cutter_.rest());
            }
            cutter_.arrived(count);
        }
        if (version_.version < protocol_version)
            throw Error{errors::no_sftp, fmt::format("{} speaks version {} of SFTP, not 3", quoted(channel_->shown()),
                                                     version_.version)};
    }

    /// The thread that takes all answers.
    void receive() noexcept {
        try {
            while (true) {
                while (const auto packet = cutter_.next(channel_->shown())) deliver(*packet);
                const auto count = channel_->receive(cutter_.room());
                if (count == 0) return end(channel_->reason({}));
                last_arrival_ = runtime_.clock.elapsed();
                cutter_.arrived(count);
            }
        } catch (const Error& error) {
            end(error);
        } catch (const std::exception& error) {
            end(Error{errors::connection_lost,
                      fmt::format("cannot take what {} answers: {}", quoted(channel_->shown()), error.what())});
        }
        channel_->cut();
    }

    /// Gives the session up if nothing has arrived for too long, and somebody has waited all the time.
    std::optional<Error> find_stall(std::chrono::nanoseconds asked) {
        if (runtime_.clock.elapsed() - std::max(asked, last_arrival_.load()) < stall_timeout) return std::nullopt;
        Error error{errors::stalled,
                    fmt::format("{} answered nothing for {} s", quoted(channel_->shown()), stall_timeout.count())};
        end(error);
        channel_->cut();
        return error;
    }

    void deliver(ByteView packet) {
        auto [id, answer] = parse_sftp_answer(packet, channel_->shown());
        std::shared_ptr<Slot> slot;
        {
            const std::scoped_lock lock{mutex_};
            const auto found = waiting_.find(id);
            if (found == waiting_.end()) throw not_sftp_error(channel_->shown(), {});
            slot = std::move(found->second);
            waiting_.erase(found);
        }
        slot->answer(std::move(answer));
    }

    /// From now on everything throws `error`.
    void end(const Error& error) {
        std::unordered_map<std::uint32_t, std::shared_ptr<Slot>> waiting;
        {
            const std::scoped_lock lock{mutex_};
            if (!failure_) failure_ = error;
            waiting.swap(waiting_);
            ended_.notify_all();
        }
        for (const auto& [id, slot] : waiting) slot->fail(*failure_);
    }

    Runtime runtime_;
    std::unique_ptr<SftpChannel> channel_;
    SftpVersion version_;
    SftpCutter cutter_;   ///< of the reader, once that runs
    std::mutex sending_;  ///< one packet after the other
    std::atomic<std::chrono::nanoseconds> last_arrival_{};
    mutable std::mutex mutex_;  ///< guards all below
    std::condition_variable ended_;
    std::optional<Error> failure_;
    std::unordered_map<std::uint32_t, std::shared_ptr<Slot>> waiting_;
    std::uint32_t next_id_ = 0;
    std::thread reader_;  ///< not guarded
};

SftpSession::SftpSession(std::unique_ptr<SftpChannel> channel, const Runtime& runtime)
    : core_{std::make_unique<Core>(std::move(channel), runtime)} {
    core_->ask_limits();
}
SftpSession::~SftpSession() = default;

const SftpExtensions& SftpSession::extensions() const noexcept { return core_->extensions(); }
bool SftpSession::is_alive() const noexcept { return core_->is_alive(); }

SftpReply SftpSession::open(std::string_view path, SftpOpen how) {
    return core_->send(SftpWriter{SftpType::open}, [&](SftpWriter& packet) {
        packet.string(path).number(static_cast<std::uint32_t>(how)).mode({});
    });
}

SftpReply SftpSession::close(std::string_view handle) {
    return core_->send(SftpWriter{SftpType::close}, [&](SftpWriter& packet) { packet.string(handle); });
}

SftpReply SftpSession::read(std::string_view handle, std::uint64_t offset, std::uint32_t size_bytes) {
    return core_->send(SftpWriter{SftpType::read},
                       [&](SftpWriter& packet) { packet.string(handle).large(offset).number(size_bytes); });
}

SftpReply SftpSession::write(std::string_view handle, std::uint64_t offset, ByteView bytes) {
    return core_->send(
        SftpWriter{SftpType::write},
        [&](SftpWriter& packet) {
            packet.string(handle).large(offset).number(static_cast<std::uint32_t>(bytes.size()));
        },
        bytes);
}

SftpReply SftpSession::fsync(std::string_view handle) {
    return core_->send(SftpWriter{SftpType::extended},
                       [&](SftpWriter& packet) { packet.string("fsync@openssh.com").string(handle); });
}

SftpReply SftpSession::set_mode(std::string_view handle, std::uint32_t mode) {
    return core_->send(SftpWriter{SftpType::fsetstat}, [&](SftpWriter& packet) { packet.string(handle).mode(mode); });
}

SftpReply SftpSession::set_mode_of(std::string_view path, std::uint32_t mode) {
    return core_->send(SftpWriter{SftpType::setstat}, [&](SftpWriter& packet) { packet.string(path).mode(mode); });
}

SftpReply SftpSession::stat(std::string_view path) {
    return core_->send(SftpWriter{SftpType::stat}, [&](SftpWriter& packet) { packet.string(path); });
}

SftpReply SftpSession::lstat(std::string_view path) {
    return core_->send(SftpWriter{SftpType::lstat}, [&](SftpWriter& packet) { packet.string(path); });
}

SftpReply SftpSession::stat_handle(std::string_view handle) {
    return core_->send(SftpWriter{SftpType::fstat}, [&](SftpWriter& packet) { packet.string(handle); });
}

SftpReply SftpSession::open_dir(std::string_view path) {
    return core_->send(SftpWriter{SftpType::opendir}, [&](SftpWriter& packet) { packet.string(path); });
}

SftpReply SftpSession::read_dir(std::string_view handle) {
    return core_->send(SftpWriter{SftpType::readdir}, [&](SftpWriter& packet) { packet.string(handle); });
}

SftpReply SftpSession::make_dir(std::string_view path) {
    return core_->send(SftpWriter{SftpType::mkdir}, [&](SftpWriter& packet) { packet.string(path).mode({}); });
}

SftpReply SftpSession::remove(std::string_view path) {
    return core_->send(SftpWriter{SftpType::remove}, [&](SftpWriter& packet) { packet.string(path); });
}

SftpReply SftpSession::rename(std::string_view from, std::string_view to) {
    return core_->send(SftpWriter{SftpType::rename}, [&](SftpWriter& packet) { packet.string(from).string(to); });
}

SftpReply SftpSession::posix_rename(std::string_view from, std::string_view to) {
    return core_->send(SftpWriter{SftpType::extended},
                       [&](SftpWriter& packet) { packet.string("posix-rename@openssh.com").string(from).string(to); });
}

std::optional<SftpRoom> SftpSession::room(std::string_view path) {
    if (!extensions().statvfs) return std::nullopt;
    const auto answer = core_
                            ->send(SftpWriter{SftpType::extended},
                                   [&](SftpWriter& packet) { packet.string("statvfs@openssh.com").string(path); })
                            .get();
    return answer.is_ok() ? parse_sftp_room(answer.data) : std::nullopt;
}

}  // namespace mlo::net

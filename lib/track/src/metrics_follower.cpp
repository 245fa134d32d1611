// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mlo/track/errors.hpp>
#include <mlo/track/metrics_file.hpp>
#include <mlo/util/descriptor.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/file_system.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::track {
namespace {

/// So many bytes before the place where reading goes on are looked at again: they tell a file that was cut and grew
/// beyond that place.
constexpr std::size_t memory_bytes = 64;
/// What is not told by an event (a file of the network, one that took the place of another) is looked for this often.
constexpr int longest_wait_ms = 1000;
/// How often a file is looked at whose changes nobody tells.
constexpr int polling_ms = 250;
constexpr std::size_t most_events_bytes = 4096;

/// A last line without its end.
enum class LastLine { waits, counts };

struct Opened {
    Descriptor file{-1};
    struct stat status {};
};

std::int64_t milliseconds(const timespec& time) noexcept { return time.tv_sec * 1000 + time.tv_nsec / 1'000'000; }

}  // namespace

class MetricsFollower::Parts {
public:
    Parts(std::string path, const MetricsPosition& start, MetricsParser::GreatestStep greatest_step, Watching watching)
        : path_{std::move(path)},
          parser_{std::move(greatest_step)},
          position_{start},
          inotify_{watching == Watching::events ? ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1},
          stop_event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
        if (stop_event_.get() < 0) throw_system_error(errno, "follow", path_);
    }

    bool read(MetricsBatch& batch, LastLine last_line) {
        batch.points.clear();
        batch.bad = {};
        batch.began_anew = false;
        if (!file_) open_file();
        while (file_) {
            // Nobody completes the last line of a file that another took the place of.
            while (take_some(batch, was_replaced() ? LastLine::counts : last_line))
                if (!batch.points.empty() || batch.bad.count > 0) return finish(batch);  // else: blank lines alone
            if (!was_replaced() || !open_file()) break;
        }
        return finish(batch);
    }

    void wait(std::chrono::milliseconds pace, const std::stop_token& stop) {
        const std::stop_callback on_stop{stop, [this] { ::eventfd_write(stop_event_.get(), 1); }};
        pollfd stopped{stop_event_.get(), POLLIN, 0};
        if (::poll(&stopped, 1, static_cast<int>(pace.count())) == 0 && !has_more_) {
            std::array<pollfd, 2> waits{{stopped, {is_watched_ ? inotify_.get() : -1, POLLIN, 0}}};
            static_cast<void>(::poll(waits.data(), waits.size(), is_watched_ ? longest_wait_ms : polling_ms));
            forget_events();
        }
        eventfd_t count = 0;
        static_cast<void>(::eventfd_read(stop_event_.get(), &count));
    }

    [[nodiscard]] const MetricsParser& parser() const noexcept { return parser_; }

private:
    [[nodiscard]] std::optional<Opened> open() const {
        Opened opened;
        // A pipe in its place must not hold us up.
        Descriptor file{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)};
        if (file.get() < 0) {
            if (errno == ENOENT) return std::nullopt;
            if (errno != ELOOP && errno != ENXIO) throw_system_error(errno, "read", path_);
        } else if (::fstat(file.get(), &opened.status) != 0) {
            throw_system_error(errno, "read", path_);
        }
        if (file.get() < 0 || !S_ISREG(opened.status.st_mode))
            throw Error{errors::metrics_file_unusable, "the metrics file " + quoted(path_) + " is no regular file"};
        return Opened{std::move(file), opened.status};
    }

    bool finish(MetricsBatch& batch) {
        batch.end = position_;
        batch.began_anew = std::exchange(began_anew_, false);
        return !batch.points.empty() || batch.bad.count > 0 || batch.began_anew;
    }

    [[nodiscard]] bool was_replaced() const {
        struct stat named {};
        return ::lstat(path_.c_str(), &named) == 0 && (named.st_ino != inode_ || named.st_dev != device_);
    }

    bool open_file() {
        auto opened = open();
        if (!opened) return false;
        const bool is_other = position_.inode != 0 && position_.inode != opened->status.st_ino;
        inode_ = opened->status.st_ino;
        device_ = opened->status.st_dev;
        file_.emplace(std::move(opened->file));
        if (is_other) begin_anew();
        position_.inode = inode_;
        watch();
        return true;
    }

    void watch() {
        if (watch_ >= 0) ::inotify_rm_watch(inotify_.get(), watch_);
        // The changes that another machine makes are told to nobody here.
        const auto proc_path = "/proc/self/fd/" + std::to_string(file_->get());
        watch_ = inotify_.get() < 0 || is_on_network(file_->get())
                     ? -1
                     : ::inotify_add_watch(inotify_.get(), proc_path.c_str(), IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF);
        is_watched_ = watch_ >= 0;
        // What was written before the watch has no event.
        has_more_ = true;
    }

    void forget_events() const {
        std::array<char, most_events_bytes> events;
        while (is_watched_ && ::read(inotify_.get(), events.data(), events.size()) > 0) continue;
    }

    void begin_anew() {
        position_ = {.inode = position_.inode};
        memory_.clear();
        skipped_bytes_ = 0;
        began_anew_ = true;
    }

    /// Reads up to batch_bytes more; false if no line became complete.
    bool take_some(MetricsBatch& batch, LastLine last_line) {
        struct stat status {};
        if (::fstat(file_->get(), &status) != 0) throw_system_error(errno, "read", path_);
        if (static_cast<std::uint64_t>(status.st_size) < position_.offset + skipped_bytes_) go_back(status.st_size);
        auto text = fetch();
        while (!text) {
            go_back(status.st_size);
            text = fetch();
        }
        has_more_ = text->size() + memory_.size() == buffer_.size();
        if (skipped_bytes_ > 0) return skip(*text, last_line, batch);
        if (text->empty()) return false;
        const auto time_ms = milliseconds(status.st_mtim);
        if (const auto end = text->rfind('\n'); end != text->npos) {
            consume(text->substr(0, end + 1), text->substr(0, end + 1), time_ms, batch);
            return true;
        }
        if (text->size() > MetricsParser::max_line_bytes) return begin_skipping(*text);
        if (last_line == LastLine::waits) return false;
        consume(std::string{*text} + '\n', *text, time_ms, batch);
        return true;
    }

    /// The file is not any more what it was: it is read again from the line that was being skipped, or from its begin.
    void go_back(off_t size) {
        if (skipped_bytes_ > 0 && static_cast<std::uint64_t>(size) >= position_.offset) {
            skipped_bytes_ = 0;
            memory_ = memory_of_line_;
        } else {
            begin_anew();
        }
    }

    /// What follows what was read; nothing if that is not there any more as it was.
    std::optional<std::string_view> fetch() {
        // A line that is too long shows within one buffer, memory and all.
        buffer_.resize(batch_bytes + memory_bytes + 2);
        std::size_t size = 0;
        while (size < buffer_.size()) {
            const auto offset = position_.offset + skipped_bytes_ - memory_.size() + size;
            const auto count =
                ::pread(file_->get(), buffer_.data() + size, buffer_.size() - size, static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_system_error(errno, "read", path_);
            if (count == 0) break;
            size += static_cast<std::size_t>(count);
        }
        const auto all = std::string_view{buffer_}.substr(0, size);
        if (!all.starts_with(memory_)) return std::nullopt;
        return all.substr(memory_.size());
    }

    /// `passed` is what stands in the file, `lines` the same with all its line ends.
    void consume(std::string_view lines, std::string_view passed, std::int64_t time_ms, MetricsBatch& batch) {
        if (position_.offset == 0 && lines.starts_with(byte_order_mark)) lines.remove_prefix(byte_order_mark.size());
        auto number = position_.lines + 1;
        parser_.parse(lines, number, time_ms, batch.points, batch.bad);
        position_.lines = number - (passed.ends_with('\n') ? 1 : 2);
        position_.offset += passed.size();
        remember(passed);
    }

    void remember(std::string_view passed) {
        memory_ += passed.substr(passed.size() - std::min(passed.size(), memory_bytes));
        if (memory_.size() > memory_bytes) memory_.erase(0, memory_.size() - memory_bytes);
    }

    /// Of a line beyond all measure nothing is kept in memory; its end is looked for first. Until that is found the
    /// position stays before the line: who goes on from there must not take the rest of it for a line.
    bool begin_skipping(std::string_view text) {
        memory_of_line_ = memory_;
        skipped_bytes_ = text.size();
        remember(text);
        return true;
    }

    bool skip(std::string_view text, LastLine last_line, MetricsBatch& batch) {
        const auto end = text.find('\n');
        if (text.empty() && last_line == LastLine::waits) return false;
        text = text.substr(0, end == text.npos ? end : end + 1);
        skipped_bytes_ += text.size();
        remember(text);
        if (end == text.npos && !text.empty()) return true;
        ++batch.bad.count;
        batch.bad.first.push_back(
            {position_.lines + 1, "it is longer than " + format_bytes(MetricsParser::max_line_bytes)});
        position_.offset += std::exchange(skipped_bytes_, 0);
        if (!text.empty()) ++position_.lines;
        return true;
    }

    static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

    std::string path_;
    MetricsParser parser_;
    MetricsPosition position_;
    Descriptor inotify_;
    Descriptor stop_event_;
    std::optional<Descriptor> file_;
    ino_t inode_ = 0;
    dev_t device_ = 0;
    int watch_ = -1;
    bool is_watched_ = false;
    bool has_more_ = false;  ///< there was more than a batch takes
    bool began_anew_ = false;
    std::uint64_t skipped_bytes_ = 0;  ///< behind the position, of a line that is too long
    std::string buffer_;
    std::string memory_;          ///< the last bytes before those to be read
    std::string memory_of_line_;  ///< and before the line that is skipped
};

MetricsFollower::MetricsFollower(std::string path, const MetricsPosition& start,
                                 MetricsParser::GreatestStep greatest_step, Watching watching)
    : parts_{std::make_unique<Parts>(std::move(path), start, std::move(greatest_step), watching)} {}

MetricsFollower::~MetricsFollower() = default;

bool MetricsFollower::read(MetricsBatch& batch) { return parts_->read(batch, LastLine::waits); }

bool MetricsFollower::read_last(MetricsBatch& batch) { return parts_->read(batch, LastLine::counts); }

void MetricsFollower::wait(std::chrono::milliseconds pace, const std::stop_token& stop) { parts_->wait(pace, stop); }

const MetricsParser& MetricsFollower::parser() const noexcept { return parts_->parser(); }

}  // namespace mlo::track

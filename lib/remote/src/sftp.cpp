// SPDX-License-Identifier: Apache-2.0
#include "sftp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "sftp_client.hpp"
#include "sftp_upload.hpp"

namespace mlo::remote {
namespace {

/// So much of one value is asked for at once: more than lies between two machines at 1 Gbit/s and 30 ms.
constexpr std::uint64_t window_bytes = 4u << 20;
constexpr std::size_t most_folders = 32;

/// What a value is read with, in order.
class Reader {
public:
    Reader(const SftpClient::Session& session, const SftpHandle& handle, std::uint64_t offset, std::uint64_t size_bytes)
        : session_{*session}, handle_{handle}, next_{offset}, end_{offset + size_bytes} {}

    /// Writes all of it to `sink`, or what there is if the file is shorter. Returns the first answer that is an error.
    std::optional<net::SftpAnswer> run(Sink& sink) {
        ask();
        while (!pending_.empty()) {
            auto part = std::move(pending_.front());
            pending_.pop_front();
            // A server may send less than it was asked for; what follows is under way already.
            while (part.size_bytes > 0) {
                const auto answer = part.reply.get();
                if (answer.status == net::SftpStatus::eof || (answer.is_ok() && answer.data.empty()))
                    return std::nullopt;
                if (!answer.is_ok()) return answer;
                const auto count = std::min<std::size_t>(answer.data.size(), part.size_bytes);
                part.offset += count;
                part.size_bytes -= static_cast<std::uint32_t>(count);
                if (part.size_bytes > 0) part.reply = session_.read(handle_.text(), part.offset, part.size_bytes);
                sink.write(ByteView{answer.data}.first(count));
            }
            ask();
        }
        return std::nullopt;
    }

private:
    struct Part {
        std::uint64_t offset;
        std::uint32_t size_bytes;
        net::SftpReply reply;
    };

    void ask() {
        const auto most = session_.extensions().max_read_bytes;
        while (next_ < end_ && (pending_.empty() || next_ + most - pending_.front().offset <= window_bytes)) {
            const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, end_ - next_));
            pending_.push_back({next_, size, session_.read(handle_.text(), next_, size)});
            next_ += size;
        }
    }

    net::SftpSession& session_;
    const SftpHandle& handle_;
    std::uint64_t next_;
    std::uint64_t end_;
    std::deque<Part> pending_;
};

Info info_of(const net::SftpAttributes& attributes) {
    Info info{.size_bytes = attributes.size_bytes.value_or(0), .modified = {}};
    if (attributes.mtime) info.modified = Timestamp{std::chrono::seconds{*attributes.mtime}};
    return info;
}

class SftpRemote final : public Remote {
public:
    SftpRemote(SshUrl url, const Surroundings& surroundings, const Runtime& runtime)
        : runtime_{runtime},
          traffic_{surroundings.traffic},
          client_{std::move(url), surroundings, runtime},
          uploads_{client_, runtime} {
        for (const bool is_exclusive : {false, true}) {
            for (const bool is_durable : {false, true}) {
                traits_[is_exclusive][is_durable] = {.scheme = "ssh",
                                                     .can_write = true,
                                                     .can_list = true,
                                                     .can_range = true,
                                                     .has_exclusive_put = is_exclusive,
                                                     .is_durable = is_durable,
                                                     .piece_bytes = 8u << 20};
            }
        }
    }

    void get(const Key& key, ByteRange range, Sink& sink) override {
        const auto session = begin();
        const auto path = client_.path(key.text());
        auto status = session->lstat(path);
        auto opening = session->open(path, net::SftpOpen::read);
        const auto found = find_value(session, key, status.get());
        auto opened = opening.get();
        if (!opened.is_ok() && (!found || opened.status == net::SftpStatus::no_such_file)) {
            if (!client_.find_root(*session)) throw client_.no_such_place();
            throw absent(key);
        }
        if (!opened.is_ok()) throw client_.failure(*session, opened, fmt::format("read {}", quoted(key.text())));
        const SftpHandle handle{session, std::move(opened.handle)};
        if (!found) throw absent(key);
        const auto size = found->size_bytes.value_or(0);
        if (range.offset >= size) return;
        Reader reader{session, handle, range.offset, std::min(range.size_bytes, size - range.offset)};
        if (const auto refused = reader.run(sink))
            throw client_.failure(*session, *refused, fmt::format("read {}", quoted(key.text())));
    }

    PutResult put(const Key& key, Source& source) override { return uploads_.store(begin(), key, source, Replace::no); }

    void replace(const Key& key, Source& source) override {
        static_cast<void>(uploads_.store(begin(), key, source, Replace::yes));
    }

    std::optional<Info> stat(const Key& key) override {
        const auto session = begin();
        const auto found = find_value(session, key, session->lstat(client_.path(key.text())).get());
        if (!found) static_cast<void>(client_.find_root(*session));
        return found ? std::optional{info_of(*found)} : std::nullopt;
    }

    void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) override {
        const auto session = begin();
        auto listed = list_below(session, prefix.text());
        if (!listed) static_cast<void>(client_.find_root(*session));
        if (!listed) return;
        std::sort(listed->begin(), listed->end(), [](const auto& a, const auto& b) { return a.key < b.key; });
        for (const auto& each : *listed) {
            runtime_.check_stop();
            visit(each);
        }
    }

    void remove(const Key& key) override {
        const auto session = begin();
        const auto path = client_.path(key.text());
        FolderSync folder{client_, session, path::parent(path)};
        auto removing = session->remove(path);
        folder.start();
        const auto answer = removing.get();
        if (answer.status == net::SftpStatus::no_such_file)
            static_cast<void>(client_.find_root(*session));
        else if (!answer.is_ok())
            throw client_.failure(*session, answer, fmt::format("remove {}", quoted(key.text())));
        // Also where somebody else removed it: they may have been killed before this.
        folder.finish();
    }

    const Traits& traits() const noexcept override { return traits_[is_exclusive_.load()][is_durable_.load()]; }
    const std::string& shown() const noexcept override { return client_.shown(); }

private:
    /// One request, as they are counted: the packets that it takes do not cost a turn each.
    SftpClient::Session begin() {
        ++traffic_.requests;
        auto session = client_.connect();
        // Servers with posix-rename keep to the draft with plain RENAME, which fails if the name is taken.
        is_exclusive_ = session->extensions().posix_rename;
        // OpenSSH syncs folders as well, which makes names durable.
        is_durable_ = session->extensions().fsync && client_.can_sync_folders();
        return session;
    }

    [[nodiscard]] Error absent(const Key& key) const {
        return Error{errors::key_absent, fmt::format("{} is not in {}", quoted(key.text()), quoted(shown()))};
    }

    /// The attributes of a key's file; nothing if there is none, or the folder of other keys.
    std::optional<net::SftpAttributes> find_value(const SftpClient::Session& session, const Key& key,
                                                  const net::SftpAnswer& answer) const {
        if (answer.status == net::SftpStatus::no_such_file) return std::nullopt;
        if (!answer.is_ok()) throw client_.failure(*session, answer, fmt::format("look at {}", quoted(key.text())));
        const auto kind = answer.attributes.kind();
        if (kind == net::SftpKind::directory) return std::nullopt;
        if (kind == net::SftpKind::other)
            throw Error{mlo::errors::not_a_regular_file,
                        fmt::format("{} in {} is not a regular file", quoted(key.text()), quoted(shown()))};
        return answer.attributes;
    }

    /// All keys below `prefix`, in no order; nothing if there is no such folder. Folders are read some at once.
    std::optional<std::vector<Listed>> list_below(const SftpClient::Session& session, const std::string& prefix) {
        std::vector<Listed> listed;
        std::deque<std::string> folders{prefix};
        for (bool is_first = true; !folders.empty(); is_first = false) {
            const auto count = std::min(folders.size(), most_folders);
            std::vector<std::string> batch{folders.begin(), folders.begin() + static_cast<std::ptrdiff_t>(count)};
            folders.erase(folders.begin(), folders.begin() + static_cast<std::ptrdiff_t>(count));
            std::vector<std::string> paths;
            for (const auto& each : batch)
                paths.push_back(client_.path(std::string_view{each}.substr(0, each.size() - (each.empty() ? 0 : 1))));
            const auto contents = client_.read_folders(session, paths);
            if (is_first && !contents.front()) return std::nullopt;
            for (std::size_t i = 0; i < batch.size(); ++i) {
                if (!contents[i]) continue;  // removed meanwhile
                for (const auto& entry : *contents[i]) sort_out(batch[i] + entry.name, entry, listed, folders);
            }
        }
        return listed;
    }

    /// What is no key is not ours: unfinished uploads, 'lost+found', what a file manager leaves.
    static void sort_out(const std::string& name, const net::SftpName& entry, std::vector<Listed>& listed,
                         std::deque<std::string>& folders) {
        const auto kind = entry.attributes.kind();
        if (entry.name.find('/') != entry.name.npos || !Key::is_valid(name) || kind == net::SftpKind::other) return;
        if (kind == net::SftpKind::directory)
            folders.push_back(name + "/");
        else
            listed.push_back({Key{name}, info_of(entry.attributes)});
    }

    Runtime runtime_;
    Traffic& traffic_;
    SftpClient client_;
    SftpUploads uploads_;
    Traits traits_[2][2];  ///< by has_exclusive_put and is_durable, which the connection tells
    std::atomic<bool> is_exclusive_ = false;
    std::atomic<bool> is_durable_ = false;
};

}  // namespace

std::unique_ptr<Remote> open_sftp(const Url& url, std::string_view text, const Surroundings& surroundings,
                                  const Runtime& runtime) {
    return std::make_unique<SftpRemote>(parse_ssh_url(url, text), surroundings, runtime);
}

}  // namespace mlo::remote

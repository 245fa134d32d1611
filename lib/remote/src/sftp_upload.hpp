// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mlo/remote/remote.hpp>
#include <mlo/util/fs.hpp>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sftp_client.hpp"

namespace mlo::remote {

/// Brings values to a host, in the steps of a folder remote: `.tmp/<32 hex>`, fsync, rename, fsync of the folder.
/// Thread-safe.
class SftpUploads {
public:
    SftpUploads(SftpClient& client, const Runtime& runtime) : client_{client}, runtime_{runtime} {}
    /// Removes what uploads that broke off have left, if the connection stands.
    ~SftpUploads();
    SftpUploads(const SftpUploads&) = delete;
    SftpUploads& operator=(const SftpUploads&) = delete;

    /// As Remote::put or Remote::replace.
    PutResult store(const SftpClient::Session& session, const Key& key, Source& source, Replace replace);

private:
    class Upload;
    void make_folders(const SftpClient::Session& session, const Key& key, std::uint32_t root_mode);
    /// True where it is new.
    bool make_folder(const SftpClient::Session& session, const std::string& path, std::uint32_t root_mode);
    void fill(Upload& upload, const Key& key, Source& source, std::uint32_t root_mode);
    [[nodiscard]] PutResult publish(Upload& upload, const Key& key, Replace replace, FolderSync& folder);
    void clear_dead_uploads(const SftpClient::Session& session, std::uint32_t now_s);
    void remove_leftovers(const SftpClient::Session& session);

    SftpClient& client_;
    Runtime runtime_;
    std::atomic<bool> has_cleared_ = false;
    std::mutex mutex_;                    ///< guards all below
    std::set<std::string> settled_;       ///< folders whose names are known to be durable; "" is the root
    std::vector<std::string> leftovers_;  ///< paths of uploads whose connection broke
};

}  // namespace mlo::remote

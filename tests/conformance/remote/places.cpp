// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include <unistd.h>

#include <cstdlib>
#include <memory_remote.hpp>
#include <mlo/remote/engine.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/traffic.hpp>
#include <remote_wrappers.hpp>
#include <seeded.hpp>
#include <stdexcept>
#include <temporary_folder.hpp>

namespace mlo::test {
namespace {

class MemoryPlace final : public RemotePlace {
public:
    std::unique_ptr<remote::Remote> connect() override { return std::make_unique<WatchedRemote>(values_); }

private:
    StillClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
    MemoryRemote values_{clock_};
};

Runtime real_runtime(Random& random) {
    return {.fs = real_fs(),
            .clock = system_clock(),
            .random = random,
            .log = silent_log(),
            .progress = silent_progress(),
            .stop = {},
            .jobs = 1};
}

class FolderPlace final : public RemotePlace {
public:
    std::unique_ptr<remote::Remote> connect() override {
        return remote::open_remote(folder_.path("remote"), {"/", traffic_}, real_runtime(random_));
    }

private:
    TemporaryFolder folder_;
    SeededRandom random_{1};
    remote::Traffic traffic_;
};

/// What tests/support/servers.py tells those that it runs. Throws where it did not run them.
std::string told(const char* name) {
    const auto* const value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error{std::string{name} + " is not set: run this through tests/support/servers.py"};
    return value;
}

/// A prefix in the bucket of a server that is named by an environment variable; as commands have it, which ask again
/// when a server fails for a moment (versitygw does, where the last key of a folder is removed while another is put
/// there).
template <const char* const& variable>
class S3Place final : public RemotePlace {
public:
    S3Place() {
        surroundings_.variables = {"AWS_ACCESS_KEY_ID=" + told("AWS_ACCESS_KEY_ID"),
                                   "AWS_SECRET_ACCESS_KEY=" + told("AWS_SECRET_ACCESS_KEY"), "AWS_REGION=us-east-1",
                                   "AWS_EC2_METADATA_DISABLED=true"};
        url_ = "s3://" + told("MLO_TEST_S3_BUCKET") + "/odd%20prefix%2B/" + system_random().hex(8) +
               "?endpoint=" + told(variable);
    }
    std::unique_ptr<remote::Remote> connect() override {
        const auto runtime = real_runtime(system_random());
        return remote::with_engine(remote::open_remote(url_, surroundings_, runtime), {}, traffic_, runtime);
    }
    bool keeps_puts_apart() const override { return variable != std::string_view{"MLO_TEST_S3_MOTO"}; }

private:
    remote::Traffic traffic_;
    remote::Surroundings surroundings_{.base = "/", .traffic = traffic_, .credentials = remote::ShowCredentials::yes};
    std::string url_;
};

/// A folder below a location of the web server (tests/support/nginx_files.py), which is not there yet.
template <const char* const& location>
class HttpPlace final : public RemotePlace {
public:
    HttpPlace() : url_{told("MLO_TEST_HTTP") + "/" + location + "/odd%20folder%2B" + system_random().hex(8)} {}
    std::unique_ptr<remote::Remote> connect() override {
        const auto runtime = real_runtime(system_random());
        return remote::with_engine(remote::open_remote(url_, {.base = "/", .traffic = traffic_}, runtime), {}, traffic_,
                                   runtime);
    }

private:
    remote::Traffic traffic_;
    std::string url_;
};

/// A folder of a host over ssh.
class SshPlace final : public RemotePlace {
public:
    SshPlace() {
        // All of it: ssh looks for more than one would name.
        for (auto each = environ; *each != nullptr; ++each) surroundings_.variables.emplace_back(*each);
        url_ = told("MLO_TEST_SSH") + told("MLO_TEST_SSH_FOLDER") + "/odd%20folder%2B%25-" + system_random().hex(8);
    }
    std::unique_ptr<remote::Remote> connect() override {
        const auto runtime = real_runtime(system_random());
        auto connected = remote::open_remote(url_, surroundings_, runtime);
        static_cast<void>(connected->stat(remote::Key{"format"}));  // its traits are known once it has connected
        return connected;
    }

private:
    remote::Traffic traffic_;
    remote::Surroundings surroundings_{.base = "/", .traffic = traffic_, .credentials = remote::ShowCredentials::yes};
    std::string url_;
};

constexpr const char* dav = "dav";
constexpr const char* strict = "strict";
constexpr const char* hiding = "hiding";
constexpr const char* put_only = "put";
constexpr const char* versitygw = "MLO_TEST_S3_VERSITYGW";
constexpr const char* moto = "MLO_TEST_S3_MOTO";

template <class Place>
std::unique_ptr<RemotePlace> make() {
    return std::make_unique<Place>();
}

constexpr PlaceKind kinds[] = {{"memory", make<MemoryPlace>},
                               {"folder", make<FolderPlace>},
                               {"s3-versitygw", make<S3Place<versitygw>>},
                               {"s3-moto", make<S3Place<moto>>},
                               {"http-dav", make<HttpPlace<dav>>},
                               {"http-strict", make<HttpPlace<strict>>},
                               {"http-hiding", make<HttpPlace<hiding>>},
                               {"http-put", make<HttpPlace<put_only>>},
                               {"ssh", make<SshPlace>}};

}  // namespace

std::span<const PlaceKind> place_kinds() { return kinds; }

}  // namespace mlo::test

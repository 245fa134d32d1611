// SPDX-License-Identifier: Apache-2.0
// When a provider asks its source again.
#include <atomic>
#include <catch2/catch.hpp>
#include <latch>
#include <mlo/util/errors.hpp>
#include <refused.hpp>
#include <thread>

#include "aws_world.hpp"

using namespace mlo;
using namespace std::chrono_literals;
using test::Answer;
using test::AwsWorld;
using test::refused;
using test::SentRequest;

namespace {

/// A container's service whose credentials are numbered and last `lifetime`.
class NumberedWorld : public AwsWorld {
public:
    NumberedWorld() {
        variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/x"};
        serve();
    }
    void serve() {
        metadata.script([this](const SentRequest&) {
            return Answer{200, test::keys_json("id-" + std::to_string(++given), to_rfc3339(clock.now() + lifetime))};
        });
    }
    void fail() {
        metadata.script([](const SentRequest&) { return Answer{503, ""}; });
    }
    std::chrono::minutes lifetime{60};
    int given = 0;
};

/// Counts how often it is read.
class CountingClock final : public Clock {
public:
    Timestamp now() override {
        ++readings;
        readings.notify_all();
        return Timestamp{std::chrono::seconds{1'800'000'000}};
    }
    std::chrono::nanoseconds elapsed() override { return {}; }
    void sleep(std::chrono::nanoseconds, std::stop_token) override {}
    std::atomic<std::size_t> readings = 0;
};

std::string id_of(net::AwsCredentialProvider& provider) { return provider.get().value().keys.access_key_id; }

}  // namespace

TEST_CASE("credentials are asked for once, and again 5 minutes before they expire") {
    NumberedWorld world;
    auto provider = world.provider();
    CHECK(world.metadata.requests().empty());
    CHECK(id_of(provider) == "id-1");
    CHECK(id_of(provider) == "id-1");
    world.pass(55min - 1ns);
    CHECK(id_of(provider) == "id-1");
    world.pass(1ns);
    CHECK(id_of(provider) == "id-2");
    world.pass(54min);
    CHECK(id_of(provider) == "id-2");
    CHECK(world.metadata.requests().size() == 2);
}

TEST_CASE("credentials that are always near their end are not asked for at each request") {
    NumberedWorld world;
    world.lifetime = 3min;
    auto provider = world.provider();
    CHECK(id_of(provider) == "id-1");
    world.pass(59s);
    CHECK(id_of(provider) == "id-1");
    world.pass(1s);
    CHECK(id_of(provider) == "id-2");
    world.lifetime = 0min;
    world.pass(60s);
    CHECK(id_of(provider) == "id-2");
    CHECK(world.log.warnings.size() == 1);
    world.pass(2min);
    CHECK(refused([&] { return provider.get(); }).starts_with("N060  the AWS credentials of the container's"));
}

TEST_CASE("credentials that last are never asked for again, unless they are refused") {
    AwsWorld world;
    world.credentials("[default]\naws_access_key_id = one\naws_secret_access_key = s\n");
    auto provider = world.provider();
    const auto first = provider.get().value();
    world.credentials("[default]\naws_access_key_id = two\naws_secret_access_key = s\n");
    world.pass(24h * 365);
    CHECK(id_of(provider) == "one");
    provider.refuse(first);
    CHECK(id_of(provider) == "two");
}

TEST_CASE("what was refused is replaced at once, what somebody else has replaced already is not") {
    NumberedWorld world;
    auto provider = world.provider();
    const auto first = provider.get().value();
    provider.refuse(first);
    CHECK(id_of(provider) == "id-2");
    provider.refuse(first);
    CHECK(id_of(provider) == "id-2");
    CHECK(world.given == 2);
}

TEST_CASE("while credentials are valid, a source that fails is a warning; then it is an error") {
    NumberedWorld world;
    auto provider = world.provider();
    CHECK(id_of(provider) == "id-1");
    world.fail();
    world.pass(56min);
    CHECK(id_of(provider) == "id-1");
    CHECK(id_of(provider) == "id-1");
    REQUIRE(world.log.warnings.size() == 1);
    CHECK(world.log.warnings[0] ==
          "cannot renew the AWS credentials, which are valid until 2027-01-15T09:00:00Z: the container's credential "
          "service at '127.0.0.1:80' is not available (status 503)");
    world.pass(1min);
    CHECK(id_of(provider) == "id-1");
    CHECK(world.log.warnings.size() == 2);
    world.pass(3min);
    CHECK(test::error_of([&] { return provider.get(); })->kind() == ErrorKind::network);
    world.serve();
    CHECK(id_of(provider) == "id-2");
}

TEST_CASE("credentials that were refused are not used on when the source fails") {
    NumberedWorld world;
    auto provider = world.provider();
    const auto first = provider.get().value();
    world.fail();
    provider.refuse(first);
    CHECK(test::error_of([&] { return provider.get(); })->kind() == ErrorKind::network);
    world.serve();
    CHECK(id_of(provider) == "id-2");
}

TEST_CASE("a source that gives credentials that have expired is an error") {
    NumberedWorld world;
    world.lifetime = -1min;
    auto provider = world.provider();
    CHECK(refused([&] { return provider.get(); })
              .starts_with("N060  the AWS credentials of the container's credential service at '127.0.0.1:80' have "
                           "expired = they were valid "
                           "until 2027-01-15T07:59:00Z, and the clock here says 2027-01-15T08:00:00Z"));
}

TEST_CASE("an instance that goes on to give what has expired is believed, and asked once a minute") {
    NumberedWorld world;
    world.variables.clear();
    world.metadata.script([&](const SentRequest& request) -> Answer {
        if (request.method == "PUT") return {200, "metadata-token"};
        if (request.url.ends_with("/")) return {200, "worker"};
        return {200, test::keys_json("id-" + std::to_string(++world.given), "2027-01-15T07:00:00Z")};
    });
    auto provider = world.provider();
    CHECK(id_of(provider) == "id-1");
    world.pass(59s);
    CHECK(id_of(provider) == "id-1");
    world.pass(1s);
    CHECK(id_of(provider) == "id-2");
}

TEST_CASE("an instance that falls silent does not turn a push anonymous") {
    AwsWorld world;
    world.metadata.script([&](const SentRequest& request) -> Answer {
        if (request.method == "PUT") return {200, "metadata-token"};
        if (request.url.ends_with("/")) return {200, "worker"};
        return {200, test::keys_json("id", "2027-01-15T09:00:00Z")};
    });
    auto provider = world.provider();
    CHECK(id_of(provider) == "id");
    world.metadata.script([](const SentRequest&) { return Answer{404, ""}; });
    world.pass(56min);
    CHECK(id_of(provider) == "id");
    CHECK(world.log.warnings.size() == 1);
    world.pass(4min);
    CHECK(refused([&] { return provider.get(); }) ==
          "N058  the role 'worker' of the EC2 instance gives no AWS credentials any more");
}

TEST_CASE("of 8 threads that need credentials one asks") {
    NumberedWorld world;
    auto provider = world.provider();
    std::latch start{8};
    std::vector<std::string> ids(8);
    {
        std::vector<std::jthread> threads;
        for (auto& id : ids)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                id = id_of(provider);
            });
    }
    CHECK(ids == std::vector<std::string>(8, "id-1"));
    CHECK(world.metadata.requests().size() == 1);
}

TEST_CASE("threads that wait while one asks in vain get its error and do not ask again") {
    NumberedWorld world;
    CountingClock clock;
    auto runtime = world.runtime();
    net::AwsCredentialProvider provider{world.sources(),
                                        {.fs = runtime.fs,
                                         .clock = clock,
                                         .random = runtime.random,
                                         .log = runtime.log,
                                         .progress = runtime.progress,
                                         .stop = {},
                                         .jobs = 1},
                                        {world.services, world.metadata}};
    constexpr std::size_t waiting = 7;
    std::vector<std::string> seen(1 + waiting);
    std::latch asked{1};
    world.metadata.script([&](const SentRequest&) {
        const auto before = clock.readings.load();
        asked.count_down();
        // get() reads the clock just before it waits.
        for (auto now = before; now < before + waiting; now = clock.readings.load()) clock.readings.wait(now);
        return Answer{503, ""};
    });
    {
        std::vector<std::jthread> threads;
        threads.emplace_back([&] { seen[0] = refused([&] { return provider.get(); }); });
        asked.wait();
        for (std::size_t i = 1; i < seen.size(); ++i)
            threads.emplace_back([&, i] { seen[i] = refused([&] { return provider.get(); }); });
    }
    for (const auto& line : seen) CHECK(line.starts_with("N058"));
    CHECK(world.metadata.requests().size() == 1);
}

TEST_CASE("a stop is passed on at once") {
    NumberedWorld world;
    auto provider = world.provider();
    CHECK(id_of(provider) == "id-1");
    world.metadata.script([](const SentRequest&) -> Answer { throw Error{errors::interrupted, "interrupted"}; });
    world.pass(56min);
    CHECK(refused([&] { return provider.get(); }) == "U009  interrupted");
}

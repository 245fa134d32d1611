// SPDX-License-Identifier: Apache-2.0
#include <s3_url.hpp>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/url.hpp>

namespace mlo::test {
namespace {

using remote::BucketStyle;

remote::S3Url parse(std::string_view text) { return remote::parse_s3_url(remote::parse_url(text), text); }

std::string_view refusal(std::string_view text) {
    return failure([&] { return parse(text); });
}

}  // namespace

TEST_CASE("A bucket and a prefix") {
    CHECK(parse("s3://bucket").bucket == "bucket");
    CHECK(parse("s3://bucket").prefix.empty());
    CHECK(parse("s3://bucket/").prefix.empty());
    CHECK(parse("s3://my.bucket-1/a/b").prefix == "a/b/");
    CHECK(parse("s3://bucket//a//b/").prefix == "a/b/");
    CHECK(parse("s3://bucket/a%20b+c/%C3%A4").prefix == "a b+c/\xC3\xA4/");
    CHECK(parse("s3://bucket/a").style == BucketStyle::automatic);
}

TEST_CASE("The options of an s3: URL") {
    const auto url = parse(
        "s3://bucket/p?endpoint=https%3A%2F%2Fs3.example.org%3A9000&region=eu-central-1&style=path&"
        "storage-class=STANDARD_IA&kms-key=arn:aws:kms:eu:1:key/2&anonymous=true");
    CHECK(url.prefix == "p/");
    CHECK(url.endpoint == "https://s3.example.org:9000");
    CHECK(url.region == "eu-central-1");
    CHECK(url.style == BucketStyle::path);
    CHECK(url.storage_class == "STANDARD_IA");
    CHECK(url.encryption == "aws:kms");
    CHECK(url.kms_key == "arn:aws:kms:eu:1:key/2");
    CHECK(url.is_anonymous);
    CHECK(parse("s3://bucket?endpoint=http://127.0.0.1:80/").endpoint == "http://127.0.0.1");
    CHECK(parse("s3://bucket?style=virtual").style == BucketStyle::virtual_host);
}

TEST_CASE("What is no s3: URL is refused") {
    const auto* const bad =
        GENERATE("s3://", "s3:///prefix", "s3://ab", "s3://-bucket", "s3://buck et/a", "s3://bucket:80/a",
                 "s3://user@bucket/a", "s3://bucket/a/../b", "s3://bucket/./a", "s3://bucket/a#b", "s3://bucket/%zz",
                 "s3://bucket/%ff", "s3://bucket?region=EU%20west", "s3://bucket?region=", "s3://bucket?style=host",
                 "s3://bucket?endpoint=ftp://host", "s3://bucket?endpoint=https://host/path",
                 "s3://bucket?endpoint=host", "s3://bucket?encryption=none", "s3://bucket?storage-class=A%0d%0aB",
                 "s3://bucket?anonymous=maybe", "s3://bucket?unknown=1", "s3://bucket?=1");
    CAPTURE(bad);
    CHECK(refusal(bad) == remote::errors::bad_url.id);
}

TEST_CASE("What may be a secret in an option is not repeated") {
    const auto error = error_of([] { return parse("s3://bucket/p?secret-key=wJalrXUtnFEMI"); });
    REQUIRE(error);
    CHECK(error->message().find("wJalr") == std::string::npos);
    CHECK(error->message().find("secret") == std::string::npos);
    const auto misspelt = error_of([] { return parse("s3://bucket/p?regoin=wJalrXUtnFEMI"); });
    REQUIRE(misspelt);
    CHECK(misspelt->hint_text() == "did you mean 'region'?");
    CHECK(misspelt->message().find("wJalr") == std::string::npos);
}

}  // namespace mlo::test

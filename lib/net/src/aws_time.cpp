// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/aws_time.hpp>

#include <algorithm>
#include <chrono>

namespace mlo::net {
namespace {

/// Takes fixed pieces from the start of a text; once one is missing, all else fails too.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    int number(std::size_t digits) {
        int value = 0;
        if (rest_.size() < digits) failed_ = true;
        for (std::size_t i = 0; i < digits && !failed_; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') failed_ = true;
            value = value * 10 + (rest_[i] - '0');
        }
        if (!failed_) rest_.remove_prefix(digits);
        return failed_ ? 0 : value;
    }
    bool take(std::string_view text) {
        if (failed_ || !rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    void need(std::string_view text) { failed_ |= !take(text); }
    void skip_digits() { rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size())); }
    [[nodiscard]] bool ended_well() const { return !failed_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace

std::optional<Timestamp> parse_aws_time(std::string_view text) {
    using namespace std::chrono;
    Scanner scanner{text};
    const year y{scanner.number(4)};
    scanner.need("-");
    const month m{static_cast<unsigned>(scanner.number(2))};
    scanner.need("-");
    const day d{static_cast<unsigned>(scanner.number(2))};
    scanner.need("T");
    const auto hour = scanner.number(2);
    scanner.need(":");
    const auto minute = scanner.number(2);
    scanner.need(":");
    const auto second = scanner.number(2);
    if (scanner.take(".")) scanner.skip_digits();
    minutes offset{0};
    if (!scanner.take("Z") && !scanner.take("UTC")) {
        const bool is_east = scanner.take("+");
        if (!is_east) scanner.need("-");
        offset = hours{scanner.number(2)};
        scanner.need(":");
        offset += minutes{scanner.number(2)};
        if (!is_east) offset = -offset;
    }
    const year_month_day date{y, m, d};
    if (!scanner.ended_well() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    // Nanoseconds since 1970 in 64 bits hold no year before 1678 or after 2261.
    if (y < year{1970} || y > year{2261}) return std::nullopt;
    return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - offset;
}

}  // namespace mlo::net

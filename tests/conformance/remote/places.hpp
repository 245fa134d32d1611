// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/remote/remote.hpp>
#include <ostream>
#include <span>
#include <string_view>

namespace mlo::test {

/// An empty place that lives as long as the object, and remotes at it.
class RemotePlace {
public:
    virtual ~RemotePlace() = default;
    /// Another connection to the same place, as another process would have one.
    [[nodiscard]] virtual std::unique_ptr<remote::Remote> connect() = 0;
    /// False for a server that promises exclusive puts, but looks first and stores then.
    [[nodiscard]] virtual bool keeps_puts_apart() const { return true; }
};

struct PlaceKind {
    std::string_view name;
    std::unique_ptr<RemotePlace> (*make)();
    friend std::ostream& operator<<(std::ostream& to, const PlaceKind& kind) { return to << kind.name; }
};

/// One row for each kind of place that the suite runs on.
[[nodiscard]] std::span<const PlaceKind> place_kinds();

}  // namespace mlo::test

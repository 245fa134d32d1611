// SPDX-License-Identifier: Apache-2.0
#include <mlo/db/check.hpp>

#include <fmt/format.h>

#include <mlo/db/errors.hpp>

#include "connection.hpp"

namespace mlo::db {

std::vector<Problem> check(const std::string& path, const Runtime& runtime) {
    std::vector<Problem> problems;
    try {
        Connection connection{path, Access::read, Durability::process, runtime};
        auto& pages = connection.statement("PRAGMA integrity_check(100)");
        while (pages.step())
            if (pages.text(0) != "ok") problems.push_back({std::string{pages.text(0)}});
        auto& keys = connection.statement("PRAGMA foreign_key_check");
        while (keys.step() && problems.size() < 100)
            problems.push_back({fmt::format("row {} of table {} names what is not in table {}", keys.integer(1),
                                            keys.text(0), keys.text(2))});
    } catch (const Error& error) {
        const auto id = error.code().id;
        if (id != errors::database_corrupt.id && id != errors::not_a_database.id) throw;
        std::string text = error.message();
        for (const auto& note : error.notes()) text += "; " + note;
        problems.push_back({std::move(text)});
    }
    return problems;
}

}  // namespace mlo::db

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "catalog.hpp"
#include "recipe.hpp"
#include "whole.hpp"

#include <mlo/store/object_store.hpp>

namespace mlo::store {

struct ObjectStore::State {
    State(std::unique_ptr<Dir> dir, const Runtime& with)
        : root{std::move(dir)}, runtime{with}, catalog{*root}, whole{*root, with} {}

    std::unique_ptr<Dir> root;
    Runtime runtime;
    Catalog catalog;
    WholeObjects whole;
};

/// The raw record `id` that a recipe names, checked against its id. Throws object_missing, object_corrupt.
[[nodiscard]] ByteView read_chunk(Catalog& catalog, const ObjectId& id, RecordBuffer& buffer);

/// The recipe at `location`, whose id it cuts.
[[nodiscard]] Recipe read_recipe(Catalog& catalog, const RecordLocation& location);

}  // namespace mlo::store

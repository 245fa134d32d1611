// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::pipeline {

/// What is written to a dvc.lock, in written order.
struct YamlNode {
    /// `token`: a number, a boolean, a date or null (""), whose spelling says what it is; `text` is quoted where
    /// needed.
    enum class Kind : std::uint8_t { text, token, list, mapping } kind = Kind::text;
    std::string scalar{};              ///< UTF-8
    std::vector<YamlNode> children{};  ///< of a mapping: key, value, key, value ...

    [[nodiscard]] static YamlNode text(std::string_view utf8) { return {Kind::text, std::string{utf8}, {}}; }
    [[nodiscard]] static YamlNode token(std::string spelling) { return {Kind::token, std::move(spelling), {}}; }
    [[nodiscard]] static YamlNode list() { return {Kind::list, {}, {}}; }
    [[nodiscard]] static YamlNode mapping() { return {Kind::mapping, {}, {}}; }
    YamlNode& add(YamlNode child) {
        children.push_back(std::move(child));
        return *this;
    }
    YamlNode& add(std::string_view key, YamlNode value) { return add(text(key)).add(std::move(value)); }
};

/// The bytes that DVC 3.67 writes of a mapping: those of ruamel.yaml 0.19 at a width of 80, in block style.
[[nodiscard]] std::string dvc_yaml(const YamlNode& top);

}  // namespace mlo::pipeline

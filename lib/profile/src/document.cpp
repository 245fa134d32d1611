// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/profile/document.hpp>
#include <mlo/profile/errors.hpp>
#include <mlo/util/text.hpp>
#include <set>

namespace mlo::profile {
namespace {

constexpr std::string_view schema = "mlo/profile-v1";
constexpr std::string_view any_schema = "\"schema\":\"mlo/profile-v";
/// What every profile of a table with columns starts with: "HLL1" in base64, or a text's categories.
constexpr std::string_view first_bytes[] = {"{\"columns\":[{\"distinct\":\"SExMM",
                                            "{\"columns\":[{\"categories\":{\"frame\":{"};
constexpr std::size_t end_with_schema = 128;
constexpr DocumentLimits limits{.size_bytes = std::uint64_t{256} << 20u, .nodes = 40'000'000, .depth = 12};

using json::CanonicalWriter;
using Items = std::vector<stats::FrequentSketch::Item>;

void write(CanonicalWriter& json, const stats::Moments& moments) {
    const auto parts = moments.parts();
    json.begin_object();
    json.key("count").unsigned_integer(parts.count);
    json.key("exponent").integer(parts.exponent);
    json.key("max").real(parts.max);
    json.key("mean").real(parts.mean);
    json.key("mean_rest").real(parts.mean_rest);
    json.key("min").real(parts.min);
    json.key("sum_2").real(parts.sum_2);
    json.key("sum_3").real(parts.sum_3);
    json.key("sum_4").real(parts.sum_4);
    json.end_object();
}

void write(CanonicalWriter& json, const Items& items) {
    json.begin_array();
    for (const auto& item : items) json.begin_array().string(item.name).unsigned_integer(item.count).end_array();
    json.end_array();
}

void write(CanonicalWriter& json, const stats::FrequentSketch& sketch) {
    json.begin_object();
    json.key("count").unsigned_integer(sketch.count());
    json.key("error").unsigned_integer(sketch.error());
    json.key("items");
    write(json, sketch.items());
    json.end_object();
}

void write(CanonicalWriter& json, const NumberFrame& frame) {
    json.begin_object();
    json.key("above").unsigned_integer(frame.counts.above);
    json.key("below").unsigned_integer(frame.counts.below);
    json.key("counts").begin_array();
    for (const auto count : frame.counts.inside) json.unsigned_integer(count);
    json.end_array();
    json.key("edges").begin_array();
    if (frame.edges)
        for (const auto edge : frame.edges->values()) json.real(edge);
    json.end_array();
    json.key("exact").boolean(frame.is_exact);
    json.end_object();
}

void write(CanonicalWriter& json, const Numbers& numbers) {
    json.begin_object();
    json.key("frame");
    write(json, numbers.frame);
    json.key("greatest").integer(numbers.greatest);
    json.key("least").integer(numbers.least);
    json.key("moments");
    write(json, numbers.moments);
    json.key("negatives").unsigned_integer(numbers.negatives);
    json.key("quantiles").string(base64_encode(numbers.quantiles.encode()));
    json.key("sample").string(base64_encode(numbers.sample.encode()));
    if (numbers.values) {
        json.key("values").begin_array();
        for (const auto& [value, times] : *numbers.values)
            json.begin_array().real(value).unsigned_integer(times).end_array();
        json.end_array();
    }
    json.key("zeros").unsigned_integer(numbers.zeros);
    json.end_object();
}

void write(CanonicalWriter& json, const Categories& categories) {
    json.begin_object();
    json.key("frame").begin_object();
    json.key("categories");
    write(json, categories.frame.categories);
    json.key("exact").boolean(categories.frame.is_exact);
    json.key("rest").unsigned_integer(categories.frame.rest);
    json.end_object();
    json.key("values");
    write(json, categories.values);
    json.end_object();
}

void write(CanonicalWriter& json, const Shapes& shapes) {
    json.begin_object();
    json.key("blank").unsigned_integer(shapes.blank);
    json.key("empty").unsigned_integer(shapes.empty);
    json.key("greatest_length").unsigned_integer(shapes.greatest_length);
    json.key("least_length").unsigned_integer(shapes.least_length);
    json.key("patterns");
    write(json, shapes.patterns);
    json.key("total_length").unsigned_integer(shapes.total_length);
    json.end_object();
}

void write(CanonicalWriter& json, const Column& column) {
    json.begin_object();
    if (column.categories) {
        json.key("categories");
        write(json, *column.categories);
    }
    json.key("distinct").string(base64_encode(column.distinct.encode()));
    json.key("minus_infinite").unsigned_integer(column.minus_infinite);
    json.key("missing").unsigned_integer(column.missing);
    json.key("name").string(column.name);
    json.key("not_a_number").unsigned_integer(column.not_a_number);
    if (column.numbers) {
        json.key("numbers");
        write(json, *column.numbers);
    }
    json.key("plus_infinite").unsigned_integer(column.plus_infinite);
    if (column.shapes) {
        json.key("shapes");
        write(json, *column.shapes);
    }
    json.key("type").string(to_string(column.type));
    json.end_object();
}

/// Reads what write() wrote, and believes nothing.
class Reader {
public:
    explicit Reader(const std::string& file) : file_{file} {}

    Profile profile(const Value& root) {
        root.allow_only({"columns", "detail", "rows", "schema", "seed"});
        Profile profile;
        profile.rows = root.get("rows").as_unsigned();
        profile.seed = root.get("seed").as_unsigned();
        profile.detail = detail(root.get("detail"));
        std::set<std::string, std::less<>> names;
        for (const auto& value : root.get("columns").items()) {
            profile.columns.push_back(column(value, profile));
            require(names.insert(profile.columns.back().name).second, value, "a name occurs twice");
        }
        return profile;
    }

private:
    static void require(bool holds, const Value& value, std::string_view what) {
        if (!holds) throw Error{errors::profile_corrupt, fmt::format("not a profile: {}", what)}.at(value.place());
    }

    static std::uint64_t count(const Value& value, std::string_view key) { return value.get(key).as_unsigned(); }

    static Bytes bytes(const Value& value) {
        const auto text = base64_decode(value.as_string());
        require(text.has_value(), value, "a sketch is no base64");
        const auto view = as_bytes(*text);
        return {view.begin(), view.end()};
    }

    static Detail detail(const Value& value) {
        value.allow_only({"distinct", "frequent", "patterns", "quantiles", "sample"});
        constexpr std::uint64_t most = 1u << 16u;
        const auto number = [&](std::string_view key, std::uint64_t least) {
            const auto given = count(value, key);
            require(given >= least && given < most, value, "its detail is impossible");
            return given;
        };
        return {.quantiles = static_cast<std::uint16_t>(number("quantiles", stats::QuantileSketch::least_k)),
                .sample = static_cast<std::uint32_t>(number("sample", 1)),
                .distinct = static_cast<std::uint8_t>(
                    std::min<std::uint64_t>(number("distinct", stats::DistinctSketch::least_precision), 255)),
                .frequent = static_cast<std::uint32_t>(number("frequent", 1)),
                .patterns = static_cast<std::uint32_t>(number("patterns", 1))};
    }

    static stats::Moments moments(const Value& value) {
        value.allow_only({"count", "exponent", "max", "mean", "mean_rest", "min", "sum_2", "sum_3", "sum_4"});
        stats::Moments::Parts parts;
        parts.count = count(value, "count");
        const auto exponent = value.get("exponent").as_integer();
        require(exponent > -5000 && exponent < 5000, value, "its moments are impossible");
        parts.exponent = static_cast<int>(exponent);
        parts.max = json::canonical_real(value.get("max"));
        parts.mean = json::canonical_real(value.get("mean"));
        parts.mean_rest = json::canonical_real(value.get("mean_rest"));
        parts.min = json::canonical_real(value.get("min"));
        parts.sum_2 = json::canonical_real(value.get("sum_2"));
        parts.sum_3 = json::canonical_real(value.get("sum_3"));
        parts.sum_4 = json::canonical_real(value.get("sum_4"));
        return stats::Moments::from_parts(parts);
    }

    static Items items(const Value& value) {
        Items result;
        for (const auto& pair : value.items()) {
            const auto parts = pair.items();
            require(parts.size() == 2, pair, "a count has no value, or more than one");
            result.push_back({std::string{parts[0].as_string()}, parts[1].as_unsigned()});
        }
        return result;
    }

    static stats::FrequentSketch frequent(const Value& value, std::uint32_t capacity) {
        value.allow_only({"count", "error", "items"});
        return stats::FrequentSketch::from_items(capacity, count(value, "count"), count(value, "error"),
                                                 items(value.get("items")));
    }

    static NumberFrame number_frame(const Value& value, std::uint64_t total) {
        value.allow_only({"above", "below", "counts", "edges", "exact"});
        NumberFrame frame;
        frame.counts.above = count(value, "above");
        frame.counts.below = count(value, "below");
        frame.is_exact = value.get("exact").as_boolean();
        auto rest = total;
        const auto take = [&](std::uint64_t part) {
            require(part <= rest, value, "its bins do not add up");
            rest -= part;
        };
        take(frame.counts.above);
        take(frame.counts.below);
        for (const auto& bin : value.get("counts").items()) {
            frame.counts.inside.push_back(bin.as_unsigned());
            take(frame.counts.inside.back());
        }
        require(rest == 0, value, "its bins do not add up");
        std::vector<double> edges;
        for (const auto& edge : value.get("edges").items()) edges.push_back(json::canonical_real(edge));
        if (!edges.empty()) frame.edges.emplace(std::move(edges));
        require(frame.counts.inside.size() == (frame.edges ? frame.edges->bins() : 0), value,
                "its bins have other edges");
        return frame;
    }

    Numbers numbers(const Value& value, const Detail& detail, std::uint64_t seed) {
        value.allow_only(
            {"frame", "greatest", "least", "moments", "negatives", "quantiles", "sample", "values", "zeros"});
        Numbers numbers{.moments = moments(value.get("moments")),
                        .quantiles = stats::QuantileSketch::decode(bytes(value.get("quantiles")), file_),
                        .sample = stats::BottomSample::decode(bytes(value.get("sample")), file_),
                        .values = {},
                        .frame = {}};
        const auto total = numbers.count();
        numbers.zeros = count(value, "zeros");
        numbers.negatives = count(value, "negatives");
        numbers.least = value.get("least").as_integer();
        numbers.greatest = value.get("greatest").as_integer();
        numbers.frame = number_frame(value.get("frame"), total);
        require(numbers.quantiles.k() == detail.quantiles && numbers.quantiles.count() == total &&
                    numbers.sample.capacity() == detail.sample && numbers.sample.seed() == seed &&
                    numbers.sample.size() == std::min<std::uint64_t>(total, detail.sample) && numbers.zeros <= total &&
                    numbers.negatives <= total - numbers.zeros && numbers.least <= numbers.greatest,
                value, "its parts are not of the same numbers");
        if (const auto known = value.find("values")) numbers.values = values(*known, total, detail.frequent);
        return numbers;
    }

    static std::map<double, std::uint64_t> values(const Value& value, std::uint64_t total, std::size_t most) {
        std::map<double, std::uint64_t> result;
        for (const auto& pair : value.items()) {
            const auto parts = pair.items();
            require(parts.size() == 2, pair, "a count has no value, or more than one");
            const auto number = json::canonical_real(parts[0]);
            const auto times = parts[1].as_unsigned();
            const bool follows = std::isfinite(number) && (result.empty() || number > result.rbegin()->first);
            require(follows && times > 0 && times <= total, pair, "its values do not add up");
            result.emplace_hint(result.end(), number, times);
            total -= times;
        }
        require(total == 0 && result.size() <= most, value, "its values do not add up");
        return result;
    }

    static Categories categories(const Value& value, const Detail& detail) {
        value.allow_only({"frame", "values"});
        const auto frame = value.get("frame");
        frame.allow_only({"categories", "exact", "rest"});
        Categories categories{.values = frequent(value.get("values"), detail.frequent), .frame = {}};
        categories.frame.categories = items(frame.get("categories"));
        categories.frame.is_exact = frame.get("exact").as_boolean();
        auto rest = categories.count();
        std::set<std::string_view> names;
        for (const auto& item : categories.frame.categories) {
            require(item.count <= rest && names.insert(item.name).second, frame, "its categories do not add up");
            rest -= item.count;
        }
        categories.frame.rest = count(frame, "rest");
        require(categories.frame.rest == rest, frame, "its categories do not add up");
        return categories;
    }

    static Shapes shapes(const Value& value, const Detail& detail) {
        value.allow_only({"blank", "empty", "greatest_length", "least_length", "patterns", "total_length"});
        return {.empty = count(value, "empty"),
                .blank = count(value, "blank"),
                .least_length = count(value, "least_length"),
                .greatest_length = count(value, "greatest_length"),
                .total_length = count(value, "total_length"),
                .patterns = frequent(value.get("patterns"), detail.patterns)};
    }

    static table::Type type(const Value& value) {
        constexpr std::array all{table::Type::boolean, table::Type::integer, table::Type::real,
                                 table::Type::text,    table::Type::date,    table::Type::timestamp};
        const auto* const found =
            std::ranges::find_if(all, [&](table::Type each) { return to_string(each) == value.as_string(); });
        require(found != all.end(), value, "it has a column of an unknown type");
        return *found;
    }

    Column column(const Value& value, const Profile& profile) {
        value.allow_only({"categories", "distinct", "minus_infinite", "missing", "name", "not_a_number", "numbers",
                          "plus_infinite", "shapes", "type"});
        Column column;
        column.name = value.get("name").as_string();
        column.type = type(value.get("type"));
        column.missing = count(value, "missing");
        column.not_a_number = count(value, "not_a_number");
        column.minus_infinite = count(value, "minus_infinite");
        column.plus_infinite = count(value, "plus_infinite");
        column.distinct = stats::DistinctSketch::decode(bytes(value.get("distinct")), file_);
        require(column.distinct.precision() == profile.detail.distinct, value, "its parts have different details");
        const bool is_text = column.type == table::Type::text;
        std::uint64_t values = 0;
        if (is_text || column.type == table::Type::boolean) {
            column.categories = categories(value.get("categories"), profile.detail);
            values = column.categories->count();
            if (is_text) column.shapes = shapes(value.get("shapes"), profile.detail);
            if (is_text)
                require(column.shapes->patterns.count() == values && column.shapes->empty <= values &&
                            column.shapes->blank <= values - column.shapes->empty &&
                            column.shapes->least_length <= column.shapes->greatest_length,
                        value, "its parts are not of the same texts");
        } else {
            column.numbers = numbers(value.get("numbers"), profile.detail, profile.seed);
            values = column.numbers->count();
        }
        auto rest = profile.rows;
        for (const auto part :
             {values, column.missing, column.not_a_number, column.minus_infinite, column.plus_infinite}) {
            require(part <= rest, value, "the values of a column are not as many as the rows");
            rest -= part;
        }
        require(rest == 0, value, "the values of a column are not as many as the rows");
        return column;
    }

    const std::string& file_;
};

}  // namespace

std::string encode(const Profile& profile) {
    CanonicalWriter json;
    json.begin_object();
    json.key("columns").begin_array();
    for (const auto& column : profile.columns) write(json, column);
    json.end_array();
    json.key("detail").begin_object();
    json.key("distinct").unsigned_integer(profile.detail.distinct);
    json.key("frequent").unsigned_integer(profile.detail.frequent);
    json.key("patterns").unsigned_integer(profile.detail.patterns);
    json.key("quantiles").unsigned_integer(profile.detail.quantiles);
    json.key("sample").unsigned_integer(profile.detail.sample);
    json.end_object();
    json.key("rows").unsigned_integer(profile.rows);
    json.key("schema").string(schema);
    json.key("seed").unsigned_integer(profile.seed);
    json.end_object();
    return json.take();
}

Profile decode(std::string_view text, const std::string& file) {
    try {
        const auto document = json::parse(text, file, limits);
        const auto root = document.root();
        const auto stated = root.get("schema").as_string();
        if (stated != schema && stated.starts_with("mlo/profile-v"))
            throw Error{errors::profile_newer, fmt::format("the profile is of form '{}'", stated)}.at(file);
        if (stated != schema)
            throw Error{errors::profile_corrupt, "not a profile: it says to be something else"}.at(file);
        return Reader{file}.profile(root);
    } catch (const Error& error) {
        if (&error.code() == &errors::profile_newer || &error.code() == &errors::profile_corrupt) throw;
        auto own = Error{errors::profile_corrupt, fmt::format("not a profile: {}", error.message())};
        throw std::move(own).at(error.place().empty() ? file : error.place());
    }
}

bool looks_like_profile(std::string_view text) noexcept {
    if (std::ranges::any_of(first_bytes, [&](auto start) { return text.starts_with(start); })) return true;
    // One of another version.
    const auto end = text.substr(text.size() - std::min(text.size(), end_with_schema));
    return text.starts_with('{') && end.find(any_schema) != end.npos;
}

}  // namespace mlo::profile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::report {

/// How the values of a column spread: a bar for each bin or value, in each series. All text may be any bytes.
struct ColumnBars {
    enum class Form : std::uint8_t { histogram, list };
    struct Bar {
        std::string label;           ///< of a bin its bounds
        std::vector<double> shares;  ///< of the whole, one for each series
    };
    Form form = Form::histogram;
    std::string from, to;  ///< below the ends of a histogram
    std::vector<Bar> bars;
};

struct ColumnCard {
    std::string name;
    std::string kind;  ///< "integer"
    struct Fact {
        std::string what;
        std::string value;
    };
    std::vector<Fact> facts;
    ColumnBars bars;
    std::vector<std::string> notes;
};

/// A page about the columns of a table.
struct ColumnPage {
    std::string title;
    std::string subtitle;
    std::vector<std::string> series;  ///< what the bars stand for; of one alone nothing is said
    std::vector<ColumnCard> columns;
    std::string made_by;
};

/// An HTML page that needs nothing but itself, without scripts. Of more columns than a browser likes to show it says
/// how many were left out.
void write_column_page(const ColumnPage& page, const std::function<void(std::string_view)>& sink);

}  // namespace mlo::report

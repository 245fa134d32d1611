// SPDX-License-Identifier: Apache-2.0
#include "run_selection.hpp"

#include <mlo/track/filter_sql.hpp>

#include "run_columns.hpp"
#include "run_output.hpp"

namespace mlo::cli {

void declare_selection(Args& args, RunSelection& selection) {
    args.option("-w,--where", selection.where, "only the runs for which this holds, as \"metrics.loss < 0.5\"")
        .value("FILTER");
    args.option("-s,--sort", selection.sort, "by this column, metrics.loss or params.lr:desc [default: started:desc]")
        .value("COLUMN[:desc]");
    args.option("-e,--experiment", selection.experiments, "only of this experiment").value("NAME");
    args.flag("--deleted", selection.shows_deleted, "the runs that were removed");
}

track::ListRequest to_request(track::RunStore& runs, const RunSelection& selection) {
    track::ListRequest request;
    if (!selection.sort.empty()) {
        const auto sorting = parse_sorting(selection.sort);
        request.sort = sorting.key;
        request.order = sorting.order;
    }
    for (const auto& name : selection.experiments) {
        const auto experiment = runs.find_experiment(name);
        if (!experiment) throw unknown_experiment(runs, name);
        request.experiments.push_back(experiment->id);
    }
    request.where = track::filter::to_sql(track::filter::parse(selection.where));
    request.deleted = selection.shows_deleted ? track::Deleted::only : track::Deleted::no;
    return request;
}

}  // namespace mlo::cli

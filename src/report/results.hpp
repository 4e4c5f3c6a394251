#pragma once

#include "report/json.hpp"
#include "report/output_folder.hpp"
#include "report/run_result.hpp"

namespace v6 {

/// summary.json: every promised key of a run.
[[nodiscard]] Json summary_of(const RunResult& result);

/// The summary as a table for a terminal.
[[nodiscard]] std::string summary_text(const RunResult& result);

/// decisions.jsonl, orders.jsonl, fills.jsonl, structures.jsonl, equity.csv and report.html.
void write_records(OutputFolder& out, const RunResult& result);

/// summary.json; written last, so that it speaks of files that are whole.
void write_summary(OutputFolder& out, const RunResult& result);

}  // namespace v6

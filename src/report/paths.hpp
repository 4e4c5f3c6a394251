#pragma once

#include "report/json.hpp"
#include "report/run_result.hpp"

namespace v6 {

/// The structures of a run, each with its `path`: `at`, `spot`, `mid` (of closing one unit, as cash
/// to us), `upl`, `net_pnl`, `valid`. It begins with the mids it was opened on and ends with what
/// closing brought: there `mid` is absent, `upl` before fees, and a settled structure's spot is the
/// level its series settled at.
[[nodiscard]] Json structures_with_paths(const RunResult& result);

}  // namespace v6

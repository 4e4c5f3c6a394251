#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/state.hpp"
#include "report/run_record.hpp"

namespace v6 {

/// What earlier lives left: where the core stood, and what they recorded.
struct Recovered {
  State state;
  RunRecord record;    // of the last twenty lives, of more where those left nothing
  std::string digest;  // of the last journal, as far as it goes
  bool sealed = false;
};

/// Reads the journals of a state folder, oldest first, and steps the events from the last
/// checkpoint on. `given` is what the new life runs with. Absent: there are none. Throws Failure
/// (data) for a journal that was changed, or that another version wrote.
[[nodiscard]] std::optional<Recovered> recover(const std::vector<std::filesystem::path>& journals,
                                               const std::shared_ptr<const Given>& given);

}  // namespace v6

#pragma once

#include <string>

#include "base/error.hpp"

namespace v6 {

struct BotLook {
  std::string state;  // folder; empty: as state_folder_option() has it
  int most = 20;      // rows, where there are many
  bool json = false;
};

/// Asks the running bot for a view and prints it.
[[nodiscard]] ExitCode look_at_bot(const std::string& view, const BotLook& look);

}  // namespace v6

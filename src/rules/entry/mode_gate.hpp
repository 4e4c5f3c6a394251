#pragma once

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// Dry run opens nothing. Anything unset, misspelt or unreadable is dry run.
struct ModeGate {
  [[nodiscard]] Check operator()(const EntryView& view) const {
    return gate_if(view.mode != Mode::kDryRun,
                   {.name = "mode", .detail = std::string{word(view.mode)}});
  }
};

}  // namespace v6
